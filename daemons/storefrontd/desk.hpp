// What every page is made with. Its members are safe for any thread, and outlive every visit.
//
// Thread safety: any thread.
#pragma once

#include <string>

#include "auth/token.hpp"
#include "base/json.hpp"
#include "storefrontd/backends.hpp"
#include "storefrontd/categories.hpp"
#include "storefrontd/page_cache.hpp"
#include "storefrontd/sessions.hpp"
#include "storefrontd/theme.hpp"

namespace shop::storefront {

struct Desk {
    const Backends& backends;
    Theme& theme;
    Sessions& sessions;
    PageCache& pages;
    Categories& categories;
    const Clock& clock;
    auth::Verifier& verifier;  // of the access tokens that userd gave
    std::string currency;
    bool over_tls = false;  // we speak TLS ourselves; else a proxy says whether it does
    std::string deployment_file;
    // Stands in pages where a form's token will be: nobody else can write it.
    std::string token_mark;
};

}  // namespace shop::storefront
