#include "deploy/releases.hpp"

#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "deploy/disk.hpp"
#include "schema/codec.hpp"

namespace shop::cli::deploy {
namespace {

namespace fs = std::filesystem;

bool is_release_id(std::string_view text) {
    return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

fs::path release_file(const fs::path& folder, const std::string& id) {
    return folder / (id + ".json");
}

void add_objects(const Release& release, std::set<std::string>& used) {
    for (const Part& part : release.parts)
        for (const auto& object : {part.binary, part.unit, part.settings}) used.insert(object);
}

}  // namespace

Result<void> Releases::put(const Release& release) {
    if (release.id != id_of(release))
        return fail(Code::invalid_argument,
                    "The release's id " + release.id + " is not that of its content.");
    // One that was damaged is made whole.
    if (get(release.id)) return {};
    SHOP_CHECK(make_lasting_folder(folder_, 0755));
    return write_file(release_file(folder_, release.id), schema::encode_text(release) + "\n", 0644);
}

Result<Release> Releases::get(const std::string& id) const {
    const fs::path file = release_file(folder_, id);
    Result<std::string> text = fail(Code::not_found, "");
    if (is_release_id(id)) text = read_file(file);
    if (!text && text.error().code == Code::not_found)
        return fail(Code::not_found, "The release \"" + id +
                                         "\" is not kept here. Those that are: "
                                         "shopctl deploy history");
    if (!text) return tl::make_unexpected(text.error());
    auto release = schema::decode_text<Release>(*text, schema::Mode::stored);
    if (!release || release->id != id || id_of(*release) != id)
        return fail(Code::failed_precondition,
                    file.string() +
                        " is not the release that its name says: the disk is broken, "
                        "or it was changed by hand. Remove it, and deploy the release "
                        "from its files again.");
    return release;
}

Result<std::vector<std::string>> Releases::list() const {
    std::vector<std::pair<Time, std::string>> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_, none)) {
        const std::string id = entry.path().stem();
        if (!is_release_id(id) || entry.path().extension() != ".json") continue;
        const auto release = get(id);
        found.emplace_back(release ? release->made_at : Time{}, id);
    }
    std::ranges::sort(found);
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (auto& [made_at, id] : found) ids.push_back(std::move(id));
    return ids;
}

Result<void> Releases::prune(const std::vector<std::string>& named, std::size_t count) {
    SHOP_TRY(ids, list());
    std::set<std::string> used;
    std::vector<std::string> gone;
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        const bool is_named = std::ranges::find(named, *id) != named.end();
        const auto release = get(*id);
        // Without what it says its objects would be lost.
        if (is_named && !release) return tl::make_unexpected(release.error());
        if (!is_named && (!release || count == 0)) {
            gone.push_back(*id);
            continue;
        }
        add_objects(*release, used);
        if (!is_named) --count;
    }
    for (const std::string& id : gone) {
        std::error_code error;
        fs::remove(release_file(folder_, id), error);
        if (error)
            return fail(Code::internal, "cannot remove the release " + id + ": " + error.message());
    }
    SHOP_CHECK(objects_.prune(used));
    return {};
}

}  // namespace shop::cli::deploy
