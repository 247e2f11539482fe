# cmake -DOUT=prose.cpp -DFILES="a.md;b.md" -DHEADER=prose.hpp -DNAMESPACE=shop::cli -DTABLE=kProse
#       [-DENDINGS=ON] -P embed.cmake: the files as one table of string literals, which the header declares. With
#       ENDINGS the names keep theirs.
set(text "// Made by cmake/embed.cmake.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\nnamespace {\nconst std::pair<std::string_view, std::string_view> kFiles[] = {\n")
foreach(file ${FILES})
  if(ENDINGS)
    get_filename_component(name ${file} NAME)
  else()
    get_filename_component(name ${file} NAME_WE)
  endif()
  file(READ ${file} content)
  string(APPEND text "    {\"${name}\", R\"__PROSE__(${content})__PROSE__\"},\n")
endforeach()
string(APPEND text "};\n}  // namespace\nconst std::span<const std::pair<std::string_view, std::string_view>> ${TABLE} = kFiles;\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
