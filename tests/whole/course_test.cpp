// The course's API on the real daemons, call by call, as programs written for the course make them.
#include <catch2/catch.hpp>

#include "base/text.hpp"
#include "http/client.hpp"
#include "support/shop_process.hpp"

using namespace shop;
using namespace shop::test;

namespace {

struct Answer {
    int status = 0;
    Json body;
};

class Course {
public:
    explicit Course(const RunningShop& shop) : shop_(shop) {}

    Answer get(int service, const std::string& path, const std::string& key = "") const {
        return send(service, "GET", path, "", "", key);
    }
    Answer post(int service, const std::string& path, const std::string& form,
                const std::string& key = "") const {
        return send(service, "POST", path, form, "application/x-www-form-urlencoded", key);
    }
    Answer send(int service, const std::string& method, const std::string& path,
                const std::string& body, const std::string& type, const std::string& key) const {
        const auto client = http::Client::make(shop_.url(service), {}).value();
        http::Request request;
        request.method = method;
        request.target = path;
        request.body = body;
        if (!type.empty()) request.headers.add("content-type", type);
        if (!key.empty()) request.headers.add("authorization", "Basic " + key);
        const auto response = client->send(request, false);
        REQUIRE(response);
        INFO(response->body);
        const auto json = parse_json(response->body);
        REQUIRE(json);
        return {response->status, *json};
    }
    std::string login(const std::string& name, const std::string& password) const {
        const auto answer = post(1, "/api/user/login",
                                 "username=" + name + "&password=" + percent_encode(password));
        CHECK(answer.status == 200);
        CHECK(answer.body["message"] == "Logged in");
        return answer.body["api_key"].get<std::string>();
    }

private:
    const RunningShop& shop_;
};

const Json kNotLoggedIn = {{"message", "Not logged in"}};

std::string admin_password(const RunningShop& shop) {
    const std::string text = run_program({"cat", shop.data() / "admin.txt"}).out;
    return std::string(trim(text.substr(text.find(':') + 1)));
}

}  // namespace

TEST_CASE("course: the user service, call by call", "[course]") {
    const RunningShop shop(false);
    const Course course(shop);
    const auto made = course.post(1, "/api/user/create",
                                  "username=ada&email=ada%40example.org&first_name=Ada&last_name="
                                  "Lovelace&password=correct+horse");
    CHECK(made.status == 200);
    CHECK(made.body == Json::parse(R"({"message":"User added","result":{"id":2,"username":"ada",
        "email":"ada@example.org","first_name":"Ada","last_name":"Lovelace","api_key":null,
        "is_active":true,"is_admin":false}})"));
    const std::string part = "--b\r\nContent-Disposition: form-data; name=\"";
    const std::string multipart = part + "username\"\r\n\r\nbob\r\n" + part +
                                  "email\"\r\n\r\nbob@example.org\r\n" + part +
                                  "password\"\r\n\r\nanother horse\r\n--b--\r\n";
    CHECK(
        course.send(1, "POST", "/api/user/create", multipart, "multipart/form-data; boundary=b", "")
            .status == 200);
    CHECK(
        course.post(1, "/api/user/create", "username=ada&email=x@example.org&password=long+enough")
            .status == 409);
    CHECK(course.post(1, "/api/user/create", "username=eve&email=e@example.org&password=").status ==
          400);
    const auto wrong = course.post(1, "/api/user/login", "username=ada&password=wrong");
    CHECK(wrong.status == 401);
    CHECK(wrong.body == kNotLoggedIn);
    const std::string key = course.login("ada", "correct horse");
    CHECK(course.get(1, "/api/user/ada/exists").body == Json{{"result", true}});
    const auto nobody = course.get(1, "/api/user/nobody/exists");
    CHECK(nobody.status == 404);
    CHECK(nobody.body == Json{{"message", "Cannot find username"}});
    CHECK(course.get(1, "/api/user", key).body["result"]["api_key"] == key);
    CHECK(course.get(1, "/api/user").status == 401);
    CHECK(course.get(1, "/api/user").body == kNotLoggedIn);
    CHECK(course.get(1, "/api/users", key).status == 403);
    CHECK(course.get(1, "/api/users").status == 401);
    const auto all = course.get(1, "/api/users", course.login("admin", admin_password(shop)));
    CHECK(all.status == 200);
    CHECK(all.body.size() == 3);
    for (const Json& user : all.body) CHECK(user["api_key"].is_null());
    CHECK(course.post(1, "/api/user/logout", "", key).body ==
          Json{{"message", "You are logged out"}});
    CHECK(course.post(1, "/api/user/logout", "", key).body ==
          Json{{"message", "You are not logged in"}});
    CHECK(course.get(1, "/api/user", key).status == 401);
}

TEST_CASE("course: products and orders, call by call", "[course]") {
    const RunningShop shop(false);
    const Course course(shop);
    const std::string admin = course.login("admin", admin_password(shop));
    const std::string form = "name=Hat&slug=hat&image=hat.png&price=12";
    CHECK(course.post(2, "/api/product/create", form).status == 401);
    const auto made = course.post(2, "/api/product/create", form, admin);
    CHECK(made.status == 200);
    const Json hat =
        Json::parse(R"({"id":1,"name":"Hat","slug":"hat","price":12,"image":"hat.png"})");
    CHECK(made.body == Json{{"message", "Product added"}, {"product", hat}});
    CHECK(course.post(2, "/api/product/create", form, admin).status == 409);
    CHECK(
        course.post(2, "/api/product/create", "name=A&slug=a&image=..%2Fx&price=1", admin).status ==
        400);
    CHECK(course.post(2, "/api/product/create", "name=A&slug=a&image=x&price=-1", admin).status ==
          400);
    CHECK(course.get(2, "/api/products").body == Json{{"results", Json::array({hat})}});
    CHECK(course.get(2, "/api/product/hat").body == Json{{"result", hat}});
    const auto missing = course.get(2, "/api/product/none");
    CHECK(missing.status == 404);
    CHECK(missing.body == Json{{"message", "Cannot find product"}});

    course.post(1, "/api/user/create", "username=ada&email=ada@example.org&password=correct+horse");
    const std::string key = course.login("ada", "correct horse");
    CHECK(course.post(3, "/api/order/add-item", "product_id=1&qty=2").body == kNotLoggedIn);
    CHECK(course.get(3, "/api/order").status == 401);
    CHECK(course.get(3, "/api/order", key).body == Json{{"message", "No order found"}});
    CHECK(course.post(3, "/api/order/checkout", "", key).status == 404);
    CHECK(course.post(3, "/api/order/add-item", "product_id=1&qty=0", key).status == 400);
    CHECK(course.post(3, "/api/order/add-item", "product_id=9&qty=1", key).status == 400);
    const Json open =
        Json::parse(R"({"items":[{"product":1,"quantity":2}],"is_open":true,"user_id":2})");
    const auto added = course.post(3, "/api/order/add-item", "product_id=1&qty=2", key);
    CHECK(added.status == 200);
    CHECK(added.body == Json{{"result", open}});
    CHECK(course.get(3, "/api/order", key).body == Json{{"result", open}});
    Json closed = open;
    closed["is_open"] = false;
    CHECK(course.post(3, "/api/order/checkout", "", key).body == Json{{"result", closed}});
    CHECK(course.get(3, "/api/orders", key).status == 403);
    CHECK(course.get(3, "/api/orders", admin).body == Json::array({closed}));
}
