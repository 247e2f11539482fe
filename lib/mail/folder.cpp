#include "base/file.hpp"
#include "mail/mailer.hpp"

namespace shop::mail {
namespace {

class FolderMailer final : public Mailer {
public:
    FolderMailer(std::filesystem::path folder, Sender from)
        : folder_(std::move(folder)), from_(std::move(from)) {}

    Result<void> send(const Message& message, std::stop_token) override {
        SHOP_TRY(text, compose(message, from_));
        // The same mail has the same name: one that is sent twice is there once.
        const auto written = write_file(
            folder_ / (format_time(message.date) + "-" + message.id + ".eml"), text, 0600);
        if (!written) return fail(Code::unavailable, written.error().message);
        return {};
    }

private:
    std::filesystem::path folder_;
    Sender from_;
};

}  // namespace

Result<std::unique_ptr<Mailer>> make_folder_mailer(std::filesystem::path folder, Sender from) {
    SHOP_CHECK(check_address(from.address));
    SHOP_CHECK(make_folder(folder, 0700));
    return std::make_unique<FolderMailer>(std::move(folder), std::move(from));
}

}  // namespace shop::mail
