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
        query_.emplace_back(name, "");
        args.text(flag, query_.back().second, doc);
    }
    Result<Json> run(Shell& shell, const api::ServiceTable& service, std::string_view endpoint,
                     const std::vector<std::string>& params = {}) const {
        std::vector<std::pair<std::string, std::string>> given;
        for (const auto& pair : query_)
            if (!pair.second.empty()) given.push_back(pair);
        return shell.list(service, endpoint, params, given,
                          all_ ? 0 : static_cast<std::size_t>(limit_));
    }

private:
    std::int64_t limit_ = 50;
    bool all_ = false;
    std::deque<std::pair<std::string, std::string>> query_;  // a deque: options point into it
};

}  // namespace shop::cli
