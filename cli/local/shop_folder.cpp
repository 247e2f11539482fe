// What lies in a local shop's folder: the state file and the first administrator.
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "local/supervisor.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::LocalService>() {
    using T = cli::LocalService;
    static const StructType type{"LocalService",
                                 "One daemon of a shop on this machine.",
                                 {
                                     field<&T::name>("service", "Its name."),
                                     field<&T::port>("port", "Where it listens."),
                                     field<&T::pid>("pid", "Its process; 0 while it is down."),
                                     field<&T::url>("url", "Its address."),
                                 }};
    return type;
}

template <>
const StructType& type_of<cli::LocalShop>() {
    using T = cli::LocalShop;
    static const StructType type{
        "LocalShop",
        "A shop on this machine.",
        {
            field<&T::pid>("pid", "The process that watches over it."),
            field<&T::port_base>("port_base", "The services have the ports after it."),
            field<&T::services>("services", "Its daemons."),
            field<&T::maintenance>("maintenance",
                                   "Its daemons are down while its stores are "
                                   "worked on."),
            field<&T::gateway>("gateway", "Address of its gateway; empty: none."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli {
Result<LocalShop> running_shop(const std::filesystem::path& data_dir) {
    const Failure none =
        fail(Code::not_found, "No shop runs in " + data_dir.string() +
                                  ". Start one with: shopctl up --data " + data_dir.string());
    const auto text = read_file(data_dir / "shop.json");
    if (!text) return none;
    auto shop = schema::decode_text<LocalShop>(*text, schema::Mode::stored);
    // Whoever runs the shop holds the lock for as long as it lives, however it ends.
    if (!shop || FileLock(data_dir / "lock", FileLock::Kind::shared).held()) return none;
    return shop;
}

Result<FirstAdmin> first_admin(const std::filesystem::path& data_dir) {
    const auto path = data_dir / "admin.txt";
    if (const auto text = read_file(path)) {
        const auto parts = split(trim(*text), ':');
        if (parts.size() != 2 || parts[0].empty() || parts[1].empty())
            return fail(Code::invalid_argument,
                        path.string() +
                            " does not read username:password. Mend it, or move it "
                            "away for a new one (an account that is there stays).");
        return FirstAdmin{std::string(parts[0]), std::string(parts[1])};
    }
    const FirstAdmin admin{"admin", random_token(18)};
    SHOP_CHECK(write_file(path, admin.username + ":" + admin.password + "\n", 0600));
    return admin;
}

}  // namespace shop::cli
