// Options and arguments of a command. A thin face of CLI11, so that only args.cpp, command.cpp and
// tree.cpp pay for its headers (8 s of compile time each).
//
// A name with dashes is an option ("--limit", "-o,--output"), one without is a positional argument.
// The value goes into the variable that the caller owns, which outlives the run.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace shop::cli {

class Arg {
public:
    explicit Arg(CLI::Option* option) : option_(option) {}
    Arg& required();
    Arg& one_of(const std::vector<std::string>& values);
    Arg& excludes(const Arg& other);
    Arg& needs(const Arg& other);
    // Whether it stood on the command line; after parsing.
    bool given() const;

private:
    CLI::Option* option_;
};

class Args {
public:
    explicit Args(CLI::App& app) : app_(app) {}
    // A default that is not empty is shown in help.
    Arg text(const std::string& name, std::string& value, const std::string& doc);
    Arg texts(const std::string& name, std::vector<std::string>& values, const std::string& doc);
    Arg integer(const std::string& name, std::int64_t& value, const std::string& doc,
                std::int64_t min, std::int64_t max);
    Arg number(const std::string& name, double& value, const std::string& doc, double min,
               double max);
    // "--detach", or "--course-api,!--no-course-api" for one that can be switched off.
    Arg flag(const std::string& name, bool& value, const std::string& doc);

private:
    CLI::App& app_;
};

}  // namespace shop::cli
