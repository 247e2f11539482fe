#include "args.hpp"

#include <CLI/CLI.hpp>

namespace shop::cli {

Arg& Arg::required() {
    option_->required();
    return *this;
}

Arg& Arg::one_of(const std::vector<std::string>& values) {
    option_->check(CLI::IsMember(values));
    return *this;
}

Arg& Arg::excludes(const Arg& other) {
    option_->excludes(other.option_);
    return *this;
}

Arg& Arg::needs(const Arg& other) {
    option_->needs(other.option_);
    return *this;
}

bool Arg::given() const { return option_->count() > 0; }

Arg Args::text(const std::string& name, std::string& value, const std::string& doc) {
    CLI::Option* option = app_.add_option(name, value, doc);
    if (!value.empty()) option->capture_default_str();
    return Arg(option);
}

Arg Args::texts(const std::string& name, std::vector<std::string>& values, const std::string& doc) {
    return Arg(app_.add_option(name, values, doc));
}

Arg Args::integer(const std::string& name, std::int64_t& value, const std::string& doc,
                  std::int64_t min, std::int64_t max) {
    return Arg(
        app_.add_option(name, value, doc)->check(CLI::Range(min, max))->capture_default_str());
}

Arg Args::number(const std::string& name, double& value, const std::string& doc, double min,
                 double max) {
    return Arg(
        app_.add_option(name, value, doc)->check(CLI::Range(min, max))->capture_default_str());
}

Arg Args::flag(const std::string& name, bool& value, const std::string& doc) {
    return Arg(app_.add_flag(name, value, doc));
}

}  // namespace shop::cli
