// Options that become members of a JSON body as they are; what was not given is left out.
//
// Thread safety: one thread.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "args.hpp"
#include "base/json.hpp"

namespace shop::cli {

class ChangeOptions {
public:
    Arg text(Args& args, const std::string& flag, const std::string& member,
             const std::string& doc) {
        auto& slot = slots_.emplace_back(Slot{member, "", std::nullopt});
        slot.option = args.text(flag, slot.value, doc);
        return *slot.option;
    }
    // Members that were given.
    Json body() const {
        Json out = Json::object();
        for (const auto& slot : slots_)
            if (slot.option->given()) out[slot.member] = slot.value;
        return out;
    }

private:
    struct Slot {
        std::string member;
        std::string value;
        std::optional<Arg> option;
    };
    std::deque<Slot> slots_;  // a deque: options point into it
};

}  // namespace shop::cli
