#include <catch2/catch.hpp>

#include "http/message.hpp"

using namespace shop;
using namespace shop::http;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Request form(const std::string& type, const std::string& body) {
    Request request;
    request.headers.add("content-type", type);
    request.body = body;
    return request;
}

std::string part(const std::string& disposition, const std::string& content) {
    return "--xyz\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n";
}

const std::string kMultipart = "multipart/form-data; boundary=xyz";

}  // namespace

TEST_CASE("parse_form: pairs come decoded and in order") {
    CHECK(parse_form("a=1&b=two+words&a=%C3%A9%26&flag&=x&e=").value() == Pairs{{"a", "1"},
                                                                                {"b", "two words"},
                                                                                {"a", "\xC3\xA9&"},
                                                                                {"flag", ""},
                                                                                {"", "x"},
                                                                                {"e", ""}});
    CHECK(parse_form("").value().empty());
    CHECK(parse_form("&&a=b=c&").value() == Pairs{{"a", "b=c"}});
}

TEST_CASE("parse_form: broken escapes, text that is not UTF-8 and too many fields are refused") {
    for (const auto* text : {"a=%", "a=%1", "a=%zz", "%=1", "a=%ff", "%C3=1"}) {
        INFO(text);
        const auto result = parse_form(text);
        REQUIRE_FALSE(result);
        CHECK(result.error().code == Code::invalid_argument);
    }
    std::string many;
    for (int i = 0; i < 200; ++i) many += "a=1&";
    CHECK(parse_form(many).value().size() == 200);
    CHECK_FALSE(parse_form(many + "a=1"));
}

TEST_CASE("parse_form_body: reads by the content type, and refuses what is no form") {
    CHECK(parse_form_body(form("application/x-www-form-urlencoded", "a=1")).value() ==
          Pairs{{"a", "1"}});
    CHECK(parse_form_body(form("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "a=1")));
    const auto json = parse_form_body(form("application/json", "{}"));
    REQUIRE_FALSE(json);
    CHECK(json.error().code == Code::unsupported_media_type);
    CHECK(parse_form_body(Request{}).error().code == Code::unsupported_media_type);
}

TEST_CASE("parse_form_body: multipart fields and files come as they were sent") {
    const std::string body =
        part("form-data; name=\"a\"", "1\r\n--xy not yet") + part("form-data; name=plain", "") +
        part("form-data; name=\"q\\\"uote\"; filename=\"x.bin\"", "\xff\x01z") + "--xyz--\r\n";
    CHECK(parse_form_body(form(kMultipart, body)).value() ==
          Pairs{{"a", "1\r\n--xy not yet"}, {"plain", ""}, {"q\"uote", "\xff\x01z"}});
    CHECK(parse_form_body(form("multipart/form-data; charset=utf-8; Boundary=\"xyz\"", "--xyz--"))
              .value()
              .empty());
}

TEST_CASE("parse_form_body: malformed multipart bodies are refused") {
    const std::string good = part("form-data; name=a", "1");
    for (const std::string& body : std::vector<std::string>{
             "", "--xyz", good, good + "--xyz", good + "--xyz-", "--abc--\r\n",
             "x" + good + "--xyz--", part("form-data", "1") + "--xyz--",
             part("attachment; name=a", "1") + "--xyz--",
             part("form-data; name=\"a", "1") + "--xyz--",
             part("form-data; name=\"\xff\"", "1") + "--xyz--",
             part("form-data; name=a", "\xff") + "--xyz--", "--xyz\r\n\r\n1\r\n--xyz--",
             "--xyz\r\nX\r\n\r\n1\r\n--xyz--",
             "--xyz\r\nContent-Disposition: form-data; name=a\r\n",
             part("form-data; name=a\r\nContent-Disposition: form-data; name=b", "1") + "--xyz--",
             part("form-data; name=a\r\nContent-Transfer-Encoding: base64", "1") + "--xyz--"}) {
        INFO(body);
        const auto result = parse_form_body(form(kMultipart, body));
        REQUIRE_FALSE(result);
        CHECK(result.error().code == Code::invalid_argument);
    }
    std::string many;
    for (int i = 0; i < 201; ++i) many += good;
    CHECK_FALSE(parse_form_body(form(kMultipart, many + "--xyz--")));
}

TEST_CASE("parse_form_body: a boundary is one to seventy characters that RFC 2046 allows") {
    const auto refused = [](const std::string& type) {
        return !parse_form_body(form("multipart/form-data" + type, "--xyz--")).has_value();
    };
    CHECK_FALSE(refused("; boundary=xyz"));
    CHECK(refused(""));
    CHECK(refused("; boundary="));
    CHECK(refused("; boundary=\"xyz"));
    CHECK(refused("; boundary=\"x*z\""));
    const std::string longest(70, 'b');
    const std::string body = "--" + longest + "--";
    CHECK(parse_form_body(form("multipart/form-data; boundary=" + longest, body)));
    CHECK_FALSE(parse_form_body(
        form("multipart/form-data; boundary=" + longest + "b", "--" + longest + "b--")));
}
