// storefrontd's data: who is signed in with which browser, and nothing else.
//
// Thread safety: immutable after construction.
#pragma once

#include "events/change.hpp"
#include "store/store.hpp"

namespace shop::storefront {

struct Tables {
    Tables()
        : sessions(layout.table("sessions")), secrets(layout.table("secrets")), journal(layout) {}
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    store::Layout layout;
    store::Table sessions;  // see sessions.cpp
    store::Table secrets;   // "forms" -> 32 bytes
    events::Journal journal;
};

}  // namespace shop::storefront
