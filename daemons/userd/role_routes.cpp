#include "userd/roles.hpp"
#include "userd/routes.hpp"

namespace shop::users {
namespace {

using events::Change;
using runtime::Call;
using runtime::Reply;
using store::Snapshot;

Result<Reply> role_list(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        return Reply::json(list_roles(parts.tables, snapshot));
    });
}

Result<Reply> role_get(const Parts& parts, Call& call) {
    return call.read([&](const Snapshot& snapshot) -> Result<Reply> {
        SHOP_TRY(role, find_role(parts.tables, snapshot, call.param("role")));
        return Reply::json(role);
    });
}

Result<Reply> role_put(const Parts& parts, Call& call) {
    SHOP_TRY(input, call.body<api::RoleInput>());
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_TRY(role, put_role(parts.tables, change, call.param("role"), input));
        return Reply::json(role);
    });
}

Result<Reply> role_delete(const Parts& parts, Call& call) {
    return call.commit([&](Change& change) -> Result<Reply> {
        SHOP_CHECK(delete_role(parts.tables, change, call.param("role")));
        return Reply::empty();
    });
}

}  // namespace

void bind_role_routes(runtime::Service& service, const Parts& parts) {
    bind_routes(service, parts,
                {{"role_list", role_list},
                 {"role_get", role_get},
                 {"role_put", role_put},
                 {"role_delete", role_delete}});
}

}  // namespace shop::users
