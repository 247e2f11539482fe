#include "mail/program/send.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/text.hpp"

namespace shop::mail {
namespace {

constexpr std::size_t kAnswerBytesMax = 200;

// What is said on the connection, as far as it matters afterwards: the last command's word (never
// its text, which may hold the password) and the server's last answer.
struct Dialogue {
    std::string command;
    std::string answer;
};

int listen_in(CURL*, curl_infotype kind, char* data, std::size_t size, void* to) {
    auto& dialogue = *static_cast<Dialogue*>(to);
    const std::string_view text(data, size);
    const std::string_view word = text.substr(0, text.find_first_of(" \r\n"));
    // After a refusal libcurl takes its leave: that is no part of it.
    if (word == "QUIT" || word == "221") return 0;
    if (kind == CURLINFO_HEADER_OUT) dialogue.command = word;
    if (kind == CURLINFO_HEADER_IN) dialogue.answer = trim(text);
    return 0;
}

struct Upload {
    std::string text;
    std::size_t sent = 0;
};

std::size_t hand_over(char* to, std::size_t size, std::size_t count, void* from) {
    auto& upload = *static_cast<Upload*>(from);
    const std::size_t step = std::min(size * count, upload.text.size() - upload.sent);
    std::memcpy(to, upload.text.data() + upload.sent, step);
    upload.sent += step;
    return step;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
    return out;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Recipients = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void set_security(CURL* curl, const SmtpRequest& request) {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, long{CURLUSESSL_ALL});
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!request.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
}

// Whether the server refused this very mail for good. A refusal of the sender, or before, is the
// shop's own fault.
bool refused_for_good(const Dialogue& dialogue, long answer) {
    return answer >= 500 && answer < 600 &&
           (dialogue.command == "RCPT" || dialogue.command == "DATA");
}

Failure explain_failure(CURL* curl, CURLcode code, const char* words, const Dialogue& dialogue) {
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    std::string message = *words ? words : curl_easy_strerror(code);
    if (answer >= 400 && dialogue.command != "AUTH")
        message += "; the server says: " + dialogue.answer;
    for (char& c : message)
        if (c < ' ' || c > '~') c = ' ';
    return fail(refused_for_good(dialogue, answer) ? Code::invalid_argument : Code::unavailable,
                shorten(message, kAnswerBytesMax));
}

}  // namespace

Result<void> send_by_smtp(const SmtpRequest& request) {
    const Handle handle(curl_easy_init(), curl_easy_cleanup);
    CURL* curl = handle.get();
    if (!curl) return fail(Code::unavailable, "libcurl can't start");
    std::string password;
    if (!request.user.empty()) {
        auto read = read_password(request.password_file);
        if (!read) return fail(Code::unavailable, read.error().message);
        password = std::move(*read);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password.c_str());
    }
    const std::string from = "<" + request.from + ">";
    const std::string to = "<" + request.to + ">";
    const Recipients recipients(curl_slist_append(nullptr, to.c_str()), curl_slist_free_all);
    Upload upload{with_crlf(request.content)};
    Dialogue dialogue;
    std::string words(CURL_ERROR_SIZE, '\0');
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    set_security(curl, request);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(request.deadline_seconds));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, hand_over);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // to listen in; nothing is printed
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &dialogue);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words.data());
    const CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK) return {};
    return explain_failure(curl, code, words.c_str(), dialogue);
}

}  // namespace shop::mail
