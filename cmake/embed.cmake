# cmake -DOUT=prose.cpp -DFILES="a.md;b.md" -P embed.cmake: the files as one table of string literals.
set(text "// Made by cmake/embed.cmake.\n#include \"prose.hpp\"\n\nnamespace shop::cli {\nnamespace {\nconst std::pair<std::string_view, std::string_view> kTable[] = {\n")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} content)
  string(APPEND text "    {\"${name}\", R\"__PROSE__(${content})__PROSE__\"},\n")
endforeach()
string(APPEND text "};\n}  // namespace\nconst std::span<const std::pair<std::string_view, std::string_view>> kProse = kTable;\n}  // namespace shop::cli\n")
file(WRITE ${OUT} "${text}")
