// Options that every list command has (--limit, --all), and those that become query parameters as
// they are.
//
// Thread safety: one thread.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "args.hpp"
#include "shell.hpp"

namespace shop::cli {

class ListOptions {
public:
    explicit ListOptions(Args& args) {
        args.integer("--limit", limit_, "Items at most", 1, 1'000'000);
        args.flag("--all", all_, "All items, however many");
    }
    // An option whose value goes into the query under `name`.
    void query(Args& args, const std::string& flag, const std::string& name,
               const std::string& doc) {
        query_.push_back({name, "", false});
        args.text(flag, query_.back().value, doc);
    }
    // The same for a point in time, where a day ("2026-11-24") is its first moment in UTC.
    void moment(Args& args, const std::string& flag, const std::string& name,
                const std::string& doc) {
        query(args, flag, name, doc);
        query_.back().is_moment = true;
    }
    Result<Json> run(Shell& shell, const api::ServiceTable& service, std::string_view endpoint,
                     const std::vector<std::string>& params = {}) const {
        std::vector<std::pair<std::string, std::string>> given;
        for (const auto& [name, value, is_moment] : query_) {
            const bool is_day = is_moment && value.size() == std::string_view("2026-11-24").size();
            if (!value.empty()) given.emplace_back(name, is_day ? value + "T00:00:00Z" : value);
        }
        return shell.list(service, endpoint, params, given,
                          all_ ? 0 : static_cast<std::size_t>(limit_));
    }

private:
    std::int64_t limit_ = 50;
    bool all_ = false;
    struct Parameter {
        std::string name;
        std::string value;
        bool is_moment;
    };
    std::deque<Parameter> query_;  // a deque: options point into it
};

}  // namespace shop::cli
