#include "config.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/file.hpp"
#include "base/file_lock.hpp"
#include "schema/codec.hpp"

namespace shop::schema {

template <>
const StructType& type_of<cli::SignedIn>() {
    using T = cli::SignedIn;
    static const StructType type{
        "SignedIn",
        "Who is signed in.",
        {
            field<&T::username>("username", "The account's name."),
            field<&T::access_token>("access_token", "For the next calls.", Length{0, 4096}),
            field<&T::access_expires_at>("access_expires_at", "When it ends."),
            field<&T::refresh_token>("refresh_token", "For the next access token."),
        }};
    return type;
}

template <>
const StructType& type_of<cli::Context>() {
    using T = cli::Context;
    static const StructType type{
        "Context",
        "A shop.",
        {
            field<&T::name>("name", "What it is called here."),
            field<&T::users_url>("users_url", "Where userd is."),
            field<&T::products_url>("products_url", "Where productd is."),
            field<&T::orders_url>("orders_url", "Where orderd is."),
            field<&T::storefront_url>("storefront_url", "Where storefrontd is."),
            field<&T::data_dir>("data_dir", "Folder of a shop that runs here."),
            field<&T::login>("login", "Who is signed in."),
        }};
    return type;
}

template <>
const StructType& type_of<cli::Config>() {
    using T = cli::Config;
    static const StructType type{
        "Config",
        "The shops that shopctl knows.",
        {
            field<&T::current>("current", "The context that is used where none is named."),
            field<&T::contexts>("contexts", "All of them."),
        }};
    return type;
}

}  // namespace shop::schema

namespace shop::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kLockWaitMax = 30s;  // others hold it for as long as they write a small file

std::filesystem::path home_config() {
    if (const char* xdg = std::getenv("XDG_CONFIG_HOME"); xdg && *xdg) return xdg;
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : "/root") / ".config";
}

}  // namespace

Context* Config::find(std::string_view name) {
    const auto at = std::ranges::find(contexts, name, &Context::name);
    return at == contexts.end() ? nullptr : &*at;
}

void Config::put(Context context) {
    if (Context* old = find(context.name))
        *old = std::move(context);
    else
        contexts.push_back(std::move(context));
}

std::filesystem::path config_path() {
    if (const char* path = std::getenv("SHOPCTL_CONFIG"); path && *path) return path;
    return home_config() / "shopctl" / "config.json";
}

Result<Config> load_config() {
    auto text = read_file(config_path());
    if (!text && text.error().code == Code::not_found) return Config{};
    if (!text) return tl::make_unexpected(text.error());
    auto config = schema::decode_text<Config>(*text, schema::Mode::stored);
    if (!config)
        return fail(Code::invalid_argument, config_path().string() + " can't be read (" +
                                                config.error().message +
                                                "). Mend it, or move it away and sign in again.");
    return config;
}

Result<void> update_config(const std::function<Result<void>(Config&)>& change) {
    const auto path = config_path();
    SHOP_CHECK(make_folder(path.parent_path(), 0700));
    const FileLock lock(path.string() + ".lock", FileLock::Kind::exclusive, kLockWaitMax);
    if (lock.error() == EWOULDBLOCK)
        return fail(Code::unavailable,
                    "Another shopctl is changing " + path.string() + "; try again in a moment.");
    if (!lock.held())
        return fail(Code::unavailable, "Can't lock " + path.string() + ": is its folder writable?");
    SHOP_TRY(config, load_config());
    SHOP_CHECK(change(config));
    return write_file(path, schema::encode_text(config) + "\n", 0600);
}

}  // namespace shop::cli
