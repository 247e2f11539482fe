#include "storefrontd/theme.hpp"

#include <kainjow/mustache.hpp>
#include <map>

#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "runtime/log.hpp"
#include "storefrontd/built_in_theme.hpp"

namespace shop::storefront {
namespace {

namespace fs = std::filesystem;
namespace mustache = kainjow::mustache;

constexpr std::size_t kFileBytesMax = 256 * 1024;
constexpr int kPartialDepthMax = 8;  // a partial that names itself would never end
constexpr std::string_view kTemplateEnd = ".html";
constexpr std::string_view kTextsFile = "texts.json";

struct Media {
    std::string_view ending;
    std::string_view type;
};
constexpr Media kMedia[] = {{".css", "text/css; charset=utf-8"},
                            {".js", "text/javascript; charset=utf-8"},
                            {".svg", "image/svg+xml"}};

using Files = std::map<std::string, std::string, std::less<>>;  // by name

// Where the owner keeps a file of this name: as here, in `templates` and `assets`.
fs::path own_path(const fs::path& folder, std::string_view name) {
    if (name == kTextsFile) return folder / name;
    return folder / (name.ends_with(kTemplateEnd) ? "templates" : "assets") / name;
}

Result<Files> read_files(const std::string& folder) {
    Files files;
    for (const auto& [name, text] : kBuiltInTheme) {
        files.emplace(name, text);
        if (folder.empty()) continue;
        auto own = read_file(own_path(folder, name), kFileBytesMax);
        if (own && !is_utf8(*own))
            return fail(Code::invalid_argument, std::string(name) + ": it must be UTF-8.");
        if (own)
            files[std::string(name)] = *std::move(own);
        else if (own.error().code != Code::not_found)
            return tl::make_unexpected(own.error());
    }
    return files;
}

// The library would read partials again at each rendering.
Result<std::string> with_partials(const Files& files, std::string_view name, int depth = 0) {
    const auto file = files.find(std::string(name).append(kTemplateEnd));
    if (file == files.end() || depth > kPartialDepthMax)
        return fail(Code::invalid_argument,
                    "there is no partial \"" + std::string(name) + "\", or it holds itself.");
    std::string out;
    std::string_view text = file->second;
    for (;;) {
        const auto open = text.find("{{>");
        out += text.substr(0, open);
        if (open == text.npos) return out;
        const auto close = text.find("}}", open);
        if (close == text.npos) return fail(Code::invalid_argument, "a tag {{> has no end.");
        SHOP_TRY(inner,
                 with_partials(files, trim(text.substr(open + 3, close - open - 3)), depth + 1));
        out += inner;
        text.remove_prefix(close + 2);
    }
}

mustache::data to_data(const Json& value) {
    if (value.is_object()) {
        mustache::data out{mustache::data::type::object};
        for (const auto& [name, inner] : value.items())
            if (!inner.is_null()) out.set(name, to_data(inner));
        return out;
    }
    if (value.is_array()) {
        mustache::data out{mustache::data::type::list};
        for (const auto& inner : value) out.push_back(to_data(inner));
        return out;
    }
    if (value.is_boolean())
        return value.get<bool>() ? mustache::data::type::bool_true
                                 : mustache::data::type::bool_false;
    if (!value.is_string()) return mustache::data{dump(value)};
    // The library takes an empty text for something; as false it is nothing, and shows nothing.
    const auto text = value.get<std::string>();
    return text.empty() ? mustache::data{false} : mustache::data{text};
}

Asset make_asset(std::string_view name, const std::string& bytes) {
    Asset asset{bytes, "", sha256_hex(bytes).substr(0, 12)};
    for (const auto& [ending, type] : kMedia)
        if (name.ends_with(ending)) asset.media = type;
    return asset;
}

Result<Json> merged_texts(const Files& files) {
    SHOP_TRY(texts, parse_json(files.at(std::string(kTextsFile))));
    if (!texts.is_object())
        return fail(Code::invalid_argument, "texts.json: it must be an object.");
    for (const auto& [name, text] : kBuiltInTheme) {
        if (name != kTextsFile) continue;
        SHOP_TRY(built_in, parse_json(text));
        for (const auto& [key, value] : built_in.items())
            if (!texts.contains(key)) texts[key] = value;
    }
    for (const auto& [key, value] : texts.items())
        if (!value.is_string())
            return fail(Code::invalid_argument, "texts.json: \"" + key + "\" must be a text.");
    return texts;
}

}  // namespace

struct Theme::Look {
    // The library's rendering writes to the template, so each has a turn. It is parsed when it is
    // rendered for the first time: a shop that nobody visits needs the memory of none.
    struct Page {
        explicit Page(std::string given) : text(std::move(given)) {}
        const std::string text;
        std::mutex turn;
        std::optional<mustache::mustache> parsed;  // guarded by turn
    };
    std::map<std::string, std::unique_ptr<Page>, std::less<>> pages;
    std::map<std::string, std::shared_ptr<const Asset>, std::less<>> assets;
    std::shared_ptr<const Json> texts;
    std::string version;

    static Result<std::shared_ptr<const Look>> make(const Files& files);
};

Result<std::shared_ptr<const Theme::Look>> Theme::Look::make(const Files& files) {
    auto look = std::make_shared<Look>();
    for (const auto& [name, text] : files) {
        if (!name.ends_with(kTemplateEnd)) {
            if (name != kTextsFile)
                look->assets[name] = std::make_shared<const Asset>(make_asset(name, text));
            continue;
        }
        const auto bare = name.substr(0, name.size() - kTemplateEnd.size());
        auto whole = with_partials(files, bare);
        if (!whole) return fail(Code::invalid_argument, name + ": " + whole.error().message);
        if (mustache::mustache tried(*whole); !tried.is_valid())
            return fail(Code::invalid_argument, name + ": " + tried.error_message());
        look->pages[bare] = std::make_unique<Page>(*std::move(whole));
    }
    SHOP_TRY(texts, merged_texts(files));
    for (const auto& [name, asset] : look->assets) look->version += asset->version;
    look->version = sha256_hex(look->version).substr(0, 12);
    look->texts = std::make_shared<const Json>(std::move(texts));
    return look;
}

Theme::~Theme() = default;

Result<std::unique_ptr<Theme>> Theme::read(std::string folder) {
    std::error_code ignored;
    if (!folder.empty() && !fs::is_directory(folder, ignored))
        return fail(Code::not_found,
                    "theme_dir: there is no folder " + folder + ". Make it, or leave it empty.");
    std::unique_ptr<Theme> theme(new Theme(std::move(folder)));
    theme->seen_ = theme->stamp();
    SHOP_TRY(files, read_files(theme->folder_));
    SHOP_TRY(look, Look::make(files));
    theme->look_ = std::move(look);
    return theme;
}

std::shared_ptr<const Theme::Look> Theme::look() const {
    const std::lock_guard lock(mutex_);
    return look_;
}

std::string Theme::render(std::string_view name, const Json& model) const {
    const auto now = look();
    const auto page = now->pages.find(name);
    if (page == now->pages.end()) return "";
    const auto data = to_data(model);
    const std::lock_guard turn(page->second->turn);
    auto& parsed = page->second->parsed;
    if (!parsed) parsed.emplace(page->second->text);
    return parsed->render(data);
}

std::shared_ptr<const Asset> Theme::asset(std::string_view name) const {
    const auto now = look();
    const auto asset = now->assets.find(name);
    return asset == now->assets.end() ? nullptr : asset->second;
}

std::shared_ptr<const Json> Theme::texts() const { return look()->texts; }

std::string Theme::version() const { return look()->version; }

std::uint64_t Theme::generation() const {
    const std::lock_guard lock(mutex_);
    return generation_;
}

std::string Theme::stamp() const {
    std::string stamp;
    if (folder_.empty()) return stamp;
    for (const auto& [name, text] : kBuiltInTheme) {
        std::error_code missing;
        const auto written = fs::last_write_time(own_path(folder_, name), missing);
        if (!missing)
            stamp += std::string(name) + std::to_string(written.time_since_epoch().count());
    }
    return stamp;
}

void Theme::look_again() {
    std::string now = stamp();
    if (now == seen_) return;
    seen_ = std::move(now);
    auto files = read_files(folder_);
    auto fresh = files ? Look::make(*files)
                       : Result<std::shared_ptr<const Look>>(tl::make_unexpected(files.error()));
    if (!fresh) {
        log::warning("the theme can't be used; the former look stays",
                     {{"folder", folder_}, {"why", fresh.error().message}});
        return;
    }
    const std::lock_guard lock(mutex_);
    look_ = *std::move(fresh);
    ++generation_;
}

}  // namespace shop::storefront
