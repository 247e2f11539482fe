// How the shop looks: templates, texts, style sheets, the script and the icon. All are built in
// (packaging/storefront); a file of the same name in the owner's folder wins, and is read again
// when it changes, without a restart. packaging/storefront/README.md is the owner's guide.
//
// Thread safety: any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace shop::storefront {

struct Asset {
    std::string bytes;
    std::string media;
    std::string version;  // changes with the bytes: behind "?v=" in addresses, and the ETag
};

class Theme {
public:
    // `folder`: the owner's; empty: none. not_found where there is no such folder;
    // invalid_argument, naming the file and what is wrong, where one can't be used.
    static Result<std::unique_ptr<Theme>> read(std::string folder);
    ~Theme();

    // The template filled with the model, escaped. Booleans, texts, numbers, lists and objects;
    // null is as if it was not there, and an empty text is as false. What a template asks for in
    // vain is empty.
    std::string render(std::string_view name, const Json& model) const;
    // "style.css"; null where there is none.
    std::shared_ptr<const Asset> asset(std::string_view name) const;
    // texts.json, with the built-in ones for those that the owner's file lacks.
    std::shared_ptr<const Json> texts() const;
    // Changes with any of the assets.
    std::string version() const;
    // Goes up with each look that is taken in: what was rendered before is of the former one.
    std::uint64_t generation() const;

    // Reads the owner's files again where one has changed. Where they can't be used the former look
    // stays, and the log says why, once. From one thread.
    void look_again();

private:
    struct Look;
    explicit Theme(std::string folder) : folder_(std::move(folder)) {}
    std::shared_ptr<const Look> look() const;
    std::string stamp() const;  // names and times of the owner's files

    const std::string folder_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Look> look_;  // guarded by mutex_
    std::string seen_;                  // the stamp of what was read; of look_again()
    std::uint64_t generation_ = 1;      // guarded by mutex_
};

}  // namespace shop::storefront
