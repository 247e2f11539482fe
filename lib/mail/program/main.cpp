// shop-mail: sends the one mail on standard input. See mail/smtp_request.hpp.
#include <iostream>
#include <iterator>

#include "base/version.hpp"
#include "mail/program/send.hpp"
#include "schema/codec.hpp"

namespace {

shop::Result<void> send_from_stdin() {
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    SHOP_TRY(request, shop::schema::decode_text<shop::mail::SmtpRequest>(text));
    const auto sent = shop::mail::send_by_smtp(request);
    return sent;
}

int say_usage(bool asked) {
    (asked ? std::cout : std::cerr)
        << "shop-mail is started by shop-userd: it sends the mail on standard input.\n";
    return asked ? 0 : shop::mail::kExitLater;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "--version") {
        std::cout << "shop-mail " << shop::build_version() << " (" << shop::build_commit() << ")\n";
        return 0;
    }
    if (argc > 1) return say_usage(std::string_view(argv[1]) == "--help");
    const auto sent = send_from_stdin();
    if (sent) return 0;
    std::cerr << sent.error().message << "\n";
    return sent.error().code == shop::Code::invalid_argument ? shop::mail::kExitNever
                                                             : shop::mail::kExitLater;
}
