// How each resource is shown (output/view.hpp).
//
// Thread safety: constants.
#pragma once

#include "output/view.hpp"

namespace shop::cli {

const View& user_view();
const View& role_view();
const View& second_factor_view();
const View& second_factor_secret_view();
const View& recovery_code_view();
const View& signing_key_view();
const View& session_view();
const View& key_view();
const View& new_key_view();  // with its secret
const View& product_view();
const View& stock_view();
const View& movement_view();
const View& line_view();  // the lines of a cart or an order
const View& order_view();
const View& event_view();
const View& context_view();
const View& health_view();
const View& version_view();
const View& backup_view();
const View& backup_list_view();
const View& backup_verify_view();
const View& backup_restore_view();
const View& backup_drill_view();
const View& store_view();
const View& compact_view();
const View& finding_view();
const View& secret_view();

}  // namespace shop::cli
