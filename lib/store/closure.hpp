// Runs a closure of Store::read or Store::write: what it throws is an error, and goes no further.
//
// Thread safety: a free function without shared state.
#pragma once

#include <fmt/format.h>

#include <exception>

#include "base/error.hpp"

namespace shop::store {

template <class Fn, class View>
Result<void> run_closure(const Fn& fn, View& view) {
    try {
        return fn(view);
    } catch (const std::exception& error) {
        return fail(Code::internal, fmt::format("the store's closure threw: {}", error.what()));
    }
}

}  // namespace shop::store
