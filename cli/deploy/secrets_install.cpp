// Secrets where systemd reads them.
//
// What was put there stands in a record, FOLDER/.placed-<service>.json, before the first file is:
// after a crash between the two, what is there is still known to be ours or the owner's.
#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "base/json.hpp"
#include "deploy/disk.hpp"
#include "deploy/secrets.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

using Paths = std::set<fs::path>;

constexpr std::string_view kUnitPrefix = "shop-";

fs::path record_of(const fs::path& folder, const std::string& service) {
    return folder / (".placed-" + service + ".json");
}

// Where what the owner had put there is kept while a version has its place.
fs::path kept_for_owner(const fs::path& folder, const fs::path& credential) {
    const std::string secret = credential.filename().string().substr(kUnitPrefix.size());
    const bool encrypted = credential.parent_path().extension() == ".encrypted";
    return folder / secret / (encrypted ? "by-hand.cred" : "by-hand");
}

Result<Paths> read_record(const fs::path& record) {
    Paths paths;
    const auto text = read_file(record);
    if (!text && text.error().code == Code::not_found) return paths;
    if (!text) return tl::make_unexpected(text.error());
    const auto list = parse_json(*text);
    const bool readable =
        list && list->is_array() &&
        std::ranges::all_of(*list, [](const Json& item) { return item.is_string(); });
    if (!readable)
        return fail(Code::failed_precondition,
                    record.string() +
                        " can't be read. Remove it, and look in /etc/credstore and "
                        "/etc/credstore.encrypted for what is too much there.");
    for (const Json& item : *list) paths.emplace(item.get<std::string>());
    return paths;
}

Result<void> write_record(const fs::path& record, const Paths& paths) {
    Json list = Json::array();
    for (const fs::path& path : paths) list.push_back(path.string());
    return write_file(record, dump(list) + "\n", 0600);
}

// As it is, or nothing to copy.
Result<void> copy_if_there(const fs::path& from, const fs::path& to) {
    const auto content = read_file(from);
    if (!content && content.error().code == Code::not_found) return {};
    if (!content) return tl::make_unexpected(content.error());
    return write_file(to, *content, 0600);
}

Result<void> remove_if_there(const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);
    if (error)
        return fail(Code::internal, "cannot remove " + path.string() + ": " + error.message());
    return {};
}

// Away with it, or back to what the owner had there.
Result<void> take_away(const fs::path& path, const fs::path& owners) {
    std::error_code none;
    return fs::exists(owners, none) ? copy_if_there(owners, path) : remove_if_there(path);
}

}  // namespace

Result<std::vector<Secrets::Placed>> Secrets::wanted(
    const std::string& service, const std::vector<SecretVersion>& versions) const {
    std::vector<Placed> all;
    for (const SecretVersion& version : versions) {
        SHOP_TRY(from, stored(service, version));
        SHOP_TRY(content, read_file(from.file));
        const std::string file = std::string(kUnitPrefix) + service + "." + version.name;
        all.push_back({etc_ / (from.encrypted ? "credstore.encrypted" : "credstore") / file,
                       std::move(content)});
    }
    return all;
}

Result<void> Secrets::install(const std::string& service,
                              const std::vector<SecretVersion>& versions) const {
    SHOP_TRY(files, wanted(service, versions));
    const fs::path record = record_of(folder_, service);
    SHOP_TRY(before, read_record(record));
    if (before.empty() && files.empty()) return {};
    Paths now;
    for (const Placed& file : files) now.insert(file.path);
    for (const fs::path& path : now)
        if (!before.contains(path)) SHOP_CHECK(copy_if_there(path, kept_for_owner(folder_, path)));
    Paths both = before;
    both.insert(now.begin(), now.end());
    SHOP_CHECK(write_record(record, both));
    for (const Placed& file : files) {
        SHOP_CHECK(make_lasting_folder(file.path.parent_path(), 0700));
        SHOP_CHECK(write_file(file.path, file.content, 0600));
    }
    std::erase_if(before, [&](const fs::path& path) { return now.contains(path); });
    for (const fs::path& path : before) SHOP_CHECK(take_away(path, kept_for_owner(folder_, path)));
    SHOP_CHECK(write_record(record, now));
    for (const fs::path& path : before) SHOP_CHECK(remove_if_there(kept_for_owner(folder_, path)));
    return {};
}

}  // namespace shop::cli::deploy
