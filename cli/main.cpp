// shopctl: a shop from the terminal.
#include "command.hpp"

int main(int argc, char** argv) { return shop::cli::CommandLine().run(argc, argv); }
