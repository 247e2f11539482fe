#include "views.hpp"

namespace shop::cli {

const View& user_view() {
    static const View view{{{"NUMBER", "/number", false, true},
                            {"USERNAME", "/username"},
                            {"EMAIL", "/email"},
                            {"ROLE", "/role"},
                            {"ACTIVE", "/active"},
                            {"FIRST_NAME", "/first_name", true},
                            {"LAST_NAME", "/last_name", true},
                            {"CREATED_AT", "/created_at", true},
                            {"ID", "/id", true}},
                           "/username"};
    return view;
}

const View& role_view() {
    static const View view{{{"NAME", "/name"},
                            {"BUILT_IN", "/built_in"},
                            {"DESCRIPTION", "/description"},
                            {"RIGHTS", "/scopes"},
                            {"VERSION", "/version", true, true},
                            {"UPDATED_AT", "/updated_at", true}},
                           "/name"};
    return view;
}

const View& second_factor_view() {
    static const View view{{{"ENABLED", "/enabled"},
                            {"RECOVERY_CODES_LEFT", "/recovery_codes_left", false, true},
                            {"REQUIRED", "/required"}},
                           "/enabled"};
    return view;
}

const View& second_factor_secret_view() {
    static const View view{{{"SECRET", "/secret"}, {"URI", "/uri"}}, "/secret"};
    return view;
}

const View& recovery_code_view() {
    static const View view{{{"RECOVERY_CODE", "/code"}}, "/code"};
    return view;
}

const View& signing_key_view() {
    static const View view{{{"STATE", "/state"}, {"KID", "/kid"}, {"SINCE", "/since", true}},
                           "/kid"};
    return view;
}

const View& session_view() {
    static const View view{{{"KIND", "/kind"},
                            {"NAME", "/name"},
                            {"CREATED_AT", "/created_at"},
                            {"LAST_USED_AT", "/last_used_at"},
                            {"EXPIRES_AT", "/expires_at", true},
                            {"ADDRESS", "/address"},
                            {"CURRENT", "/current"},
                            {"USER_AGENT", "/user_agent", true},
                            {"ID", "/id"}},
                           "/id"};
    return view;
}

const View& key_view() {
    static const View view{{{"NAME", "/name"},
                            {"KIND", "/kind"},
                            {"PREFIX", "/prefix"},
                            {"RIGHTS", "/scopes", false, true},
                            {"LAST_USED_AT", "/last_used_at"},
                            {"EXPIRES_AT", "/expires_at"},
                            {"CREATED_AT", "/created_at", true},
                            {"ID", "/id"}},
                           "/id"};
    return view;
}

const View& new_key_view() {
    static const View view{
        {{"NAME", "/name"}, {"EXPIRES_AT", "/expires_at"}, {"ID", "/id"}, {"SECRET", "/secret"}},
        "/id"};
    return view;
}

const View& product_view() {
    static const View view{{{"NUMBER", "/number", false, true},
                            {"SKU", "/sku"},
                            {"NAME", "/name"},
                            {"PRICE", "/price", false, true},
                            {"AVAILABLE", "/stock/available", false, true},
                            {"SLUG", "/slug"},
                            {"CATEGORY", "/category", true},
                            {"ON_HAND", "/stock/on_hand", true, true},
                            {"RESERVED", "/stock/reserved", true, true},
                            {"UPDATED_AT", "/updated_at", true},
                            {"ID", "/id", true}},
                           "/slug"};
    return view;
}

const View& stock_view() {
    static const View view{{{"ON_HAND", "/on_hand", false, true},
                            {"RESERVED", "/reserved", false, true},
                            {"AVAILABLE", "/available", false, true},
                            {"VERSION", "/version", true, true}},
                           "/available"};
    return view;
}

const View& movement_view() {
    static const View view{{{"CREATED_AT", "/created_at"},
                            {"KIND", "/kind"},
                            {"QUANTITY", "/quantity", false, true},
                            {"ON_HAND", "/on_hand", false, true},
                            {"REASON", "/reason"},
                            {"REFERENCE", "/reference", true},
                            {"ACTOR", "/actor", true},
                            {"ID", "/id", true}},
                           "/id"};
    return view;
}

const View& line_view() {
    static const View view{{{"SKU", "/sku"},
                            {"NAME", "/name"},
                            {"QUANTITY", "/quantity", false, true},
                            {"UNIT_PRICE", "/unit_price", false, true},
                            {"TOTAL", "/total", false, true},
                            {"PRODUCT_ID", "/product_id", true}},
                           "/sku"};
    return view;
}

const View& order_view() {
    static const View view{{{"NUMBER", "/number", false, true},
                            {"STATE", "/state"},
                            {"USERNAME", "/username"},
                            {"LINES", "/lines", false, true},
                            {"TOTAL", "/total", false, true},
                            {"CREATED_AT", "/created_at"},
                            {"NOTE", "/note", true},
                            {"REASON", "/reason", true},
                            {"ID", "/id", true}},
                           "/number"};
    return view;
}

const View& event_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"SEQ", "/seq", false, true},
                            {"TIME", "/time"},
                            {"TYPE", "/type"},
                            {"SUBJECT", "/subject"},
                            {"ACTOR", "/actor", true},
                            {"ID", "/id", true}},
                           "/id"};
    return view;
}

const View& context_view() {
    static const View view{{{"CURRENT", "/current"},
                            {"NAME", "/name"},
                            {"USERNAME", "/username"},
                            {"USERS_URL", "/users_url"},
                            {"PRODUCTS_URL", "/products_url", true},
                            {"ORDERS_URL", "/orders_url", true},
                            {"DATA_DIR", "/data_dir", true}},
                           "/name"};
    return view;
}

const View& health_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"STATUS", "/status"},
                            {"CHECK", "/check"},
                            {"DETAIL", "/detail"},
                            {"URL", "/url", true}},
                           "/service"};
    return view;
}

const View& version_view() {
    static const View view{{{"COMPONENT", "/service"},
                            {"VERSION", "/version"},
                            {"COMMIT", "/commit"},
                            {"STORE_FORMAT", "/store_format", true, true}},
                           "/service"};
    return view;
}

const View& backup_view() {
    static const View view{{{"PATH", "/path"},
                            {"SIZE", "/size", false, true},
                            {"ENTRIES", "/entries", false, true},
                            {"CUT_AT", "/cut_at"},
                            {"ID", "/id", true}},
                           "/path"};
    return view;
}

const View& backup_list_view() {
    static const View view{{{"NAME", "/name"},
                            {"CREATED_AT", "/created_at"},
                            {"SIZE", "/size", false, true},
                            {"ENTRIES", "/entries", false, true},
                            {"AGE", "/age", false, true},
                            {"STATE", "/state"},
                            {"CUT_AT", "/cut_at", true},
                            {"ID", "/id", true},
                            {"PROBLEM", "/problem", true}},
                           "/path"};
    return view;
}

const View& backup_verify_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"STATE", "/state"},
                            {"ENTRIES", "/entries", false, true},
                            {"SIZE", "/size", false, true},
                            {"PLAIN", "/plain", false, true},
                            {"TAKEN_AT", "/taken_at"},
                            {"PROBLEM", "/problem"}},
                           "/service"};
    return view;
}

const View& backup_restore_view() {
    static const View view{{{"DATA", "/data_dir"},
                            {"ENTRIES", "/entries", false, true},
                            {"CUT_AT", "/cut_at"},
                            {"RUNNING", "/running"},
                            {"ID", "/id", true}},
                           "/data_dir"};
    return view;
}

const View& backup_drill_view() {
    static const View view{{{"CUT_AT", "/cut_at"},
                            {"ENTRIES", "/entries", false, true},
                            {"RESTORE_S", "/restore_seconds", false, true},
                            {"START_S", "/start_seconds", false, true},
                            {"CHECK_S", "/check_seconds", false, true},
                            {"RECOVERY_S", "/recovery_seconds", false, true},
                            {"EXAMINED", "/examined", false, true},
                            {"FOUND", "/found", false, true},
                            {"ID", "/id", true}},
                           "/id"};
    return view;
}

const View& store_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"ENTRIES", "/entries", false, true},
                            {"USED", "/used", false, true},
                            {"FILE", "/file", false, true},
                            {"MAX", "/max", false, true},
                            {"COMMITS", "/commits", false, true},
                            {"PER_COMMIT", "/per_commit", false, true},
                            {"FORMAT", "/format", true, true}},
                           "/service"};
    return view;
}

const View& compact_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"BEFORE", "/before", false, true},
                            {"AFTER", "/after", false, true}},
                           "/service"};
    return view;
}

const View& finding_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"PART", "/part"},
                            {"SUBJECT", "/subject"},
                            {"PROBLEM", "/problem"},
                            {"REPAIRABLE", "/repairable", true},
                            {"REPAIRED", "/repaired"}},
                           "/subject"};
    return view;
}

const View& secret_view() {
    static const View view{{{"SERVICE", "/service"},
                            {"NAME", "/name"},
                            {"VERSION", "/version", false, true},
                            {"KEPT", "/versions", false, true},
                            {"SET_AT", "/set_at"},
                            {"ENCRYPTED", "/encrypted"}},
                           "/name"};
    return view;
}

}  // namespace shop::cli
