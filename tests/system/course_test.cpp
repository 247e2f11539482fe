// The course's API on the real daemons, row by row of its table: forms in, the course's JSON out.
#include "base/text.hpp"
#include "support/running_shop.hpp"

using namespace shop;

namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

struct Answer {
    int status;
    Json body;
    friend bool operator==(const Answer&, const Answer&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Answer& answer) {
        return out << answer.status << " " << answer.body;
    }
};

Answer message(int status, const std::string& text) { return {status, {{"message", text}}}; }
const Answer kNotLoggedIn = message(401, "Not logged in");

std::string urlencoded(const Form& form) {
    std::string out;
    for (const auto& [name, value] : form)
        out += (out.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
    return out;
}

std::string multipart(const Form& form) {
    std::string out;
    for (const auto& [name, value] : form)
        out += "--limit\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
               "\r\n";
    return out + "--limit--\r\n";
}

// Speaks as a program written for the course does. Calls with a form go out in both encodings,
// turn about.
class Course {
public:
    explicit Course(const test::RunningShop& shop) : shop_(shop) {}

    Answer get(const std::string& service, const std::string& path,
               const std::string& key = "") const {
        return parsed(shop_.send(service, "GET", path, headers(key)));
    }
    Answer post(const std::string& service, const std::string& path, const Form& form = {},
                const std::string& key = "") {
        auto fields = headers(key);
        multipart_ = !multipart_;
        if (form.empty()) return parsed(shop_.send(service, "POST", path, fields));
        fields.emplace_back("content-type", multipart_ ? "multipart/form-data; boundary=limit"
                                                       : "application/x-www-form-urlencoded");
        return parsed(shop_.send(service, "POST", path, fields,
                                 multipart_ ? multipart(form) : urlencoded(form)));
    }
    std::string login(const std::string& username, const std::string& password) {
        const auto answer =
            post("userd", "/api/user/login", {{"username", username}, {"password", password}});
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        CHECK(answer.body.size() == 2);
        CHECK(answer.body["message"] == "Logged in");
        return answer.body["api_key"].get<std::string>();
    }

private:
    static test::HeaderList headers(const std::string& key) {
        if (key.empty()) return {};
        return {{"authorization", "Basic " + key}};
    }
    static Answer parsed(const http::Response& response) {
        INFO(response.body);
        return {response.status, Json::parse(response.body)};
    }
    const test::RunningShop& shop_;
    bool multipart_ = false;
};

Form person(const std::string& username, const std::string& password = test::kPassword) {
    return {{"username", username},
            {"email", username + "@example.org"},
            {"first_name", "Ada & Co"},
            {"last_name", "Lövelace"},
            {"password", password}};
}

Json user(int id, const std::string& username, const Json& key = nullptr) {
    return {{"id", id},
            {"username", username},
            {"email", username + "@example.org"},
            {"first_name", "Ada & Co"},
            {"last_name", "Lövelace"},
            {"api_key", key},
            {"is_active", true},
            {"is_admin", false}};
}

Json product(int id, const std::string& slug, int price) {
    return {{"id", id},
            {"name", "A " + slug},
            {"slug", slug},
            {"price", price},
            {"image", slug + ".png"}};
}

Form product_form(const std::string& slug, const std::string& price) {
    return {{"name", "A " + slug}, {"slug", slug}, {"image", slug + ".png"}, {"price", price}};
}

Json order(std::vector<std::pair<int, int>> items, bool open, int user_id) {
    Json list = Json::array();
    for (const auto& [id, quantity] : items)
        list.push_back({{"product", id}, {"quantity", quantity}});
    return {{"items", list}, {"is_open", open}, {"user_id", user_id}};
}

// A message, nothing else.
void check_refused(const Answer& answer, int status) {
    INFO(answer);
    CHECK(answer.status == status);
    CHECK(answer.body.size() == 1);
    CHECK_FALSE(answer.body.value("message", "").empty());
}

}  // namespace

TEST_CASE("course: accounts and keys") {
    const test::RunningShop shop;
    Course course(shop);
    const Answer added{200, {{"message", "User added"}, {"result", user(2, "ada")}}};
    CHECK(course.post("userd", "/api/user/create", person("ada")) == added);
    const Answer second{200, {{"message", "User added"}, {"result", user(3, "bob")}}};
    CHECK(course.post("userd", "/api/user/create", person("bob")) == second);
    check_refused(course.post("userd", "/api/user/create", person("ada")), 409);
    check_refused(course.post("userd", "/api/user/create", person("eve", "")), 400);
    check_refused(course.post("userd", "/api/user/create", {{"username", "eve"}}), 400);
    check_refused(course.post("userd", "/api/user/create"), 415);

    CHECK(course.get("userd", "/api/user/ada/exists") == Answer{200, {{"result", true}}});
    CHECK(course.get("userd", "/api/user/eve/exists") == message(404, "Cannot find username"));

    const Form wrong = {{"username", "ada"}, {"password", "wrong"}};
    CHECK(course.post("userd", "/api/user/login", wrong) == kNotLoggedIn);
    CHECK(course.post("userd", "/api/user/login", {{"username", "eve"}, {"password", "wrong"}}) ==
          kNotLoggedIn);
    const std::string key = course.login("ada", test::kPassword);
    CHECK(course.get("userd", "/api/user", key) == Answer{200, {{"result", user(2, "ada", key)}}});
    CHECK(course.get("userd", "/api/user") == kNotLoggedIn);
    CHECK(course.get("userd", "/api/user", "nonsense") == kNotLoggedIn);

    CHECK(course.get("userd", "/api/users") == kNotLoggedIn);
    check_refused(course.get("userd", "/api/users", key), 403);
    const auto all =
        course.get("userd", "/api/users", course.login(shop.admin().first, shop.admin().second));
    REQUIRE(all.body.size() == 3);
    CHECK(all.body[0]["is_admin"] == true);
    CHECK(all.body[0]["api_key"] == nullptr);
    CHECK(all.body[1] == user(2, "ada"));

    CHECK(course.post("userd", "/api/user/logout", {}, key) == message(200, "You are logged out"));
    CHECK(course.post("userd", "/api/user/logout") == message(200, "You are not logged in"));
    CHECK(course.get("userd", "/api/user", key) == kNotLoggedIn);
}

TEST_CASE("course: products") {
    const test::RunningShop shop;
    Course course(shop);
    CHECK(course.get("productd", "/api/products") == Answer{200, {{"results", Json::array()}}});
    course.post("userd", "/api/user/create", person("ada"));
    const std::string customer = course.login("ada", test::kPassword);
    const std::string admin = course.login(shop.admin().first, shop.admin().second);
    const auto create = [&](const Form& form, const std::string& key) {
        return course.post("productd", "/api/product/create", form, key);
    };
    CHECK(create(product_form("cup", "100"), "") == kNotLoggedIn);
    check_refused(create(product_form("cup", "100"), customer), 403);
    const Answer added{200, {{"message", "Product added"}, {"product", product(1, "cup", 100)}}};
    CHECK(create(product_form("cup", "100"), admin) == added);
    const Answer next{200, {{"message", "Product added"}, {"product", product(2, "pot", 7)}}};
    CHECK(create(product_form("pot", "7"), admin) == next);
    check_refused(create(product_form("cup", "5"), admin), 409);
    check_refused(create(product_form("minus", "-1"), admin), 400);
    check_refused(create(product_form("word", "cheap"), admin), 400);
    auto with_path = product_form("path", "1");
    with_path[2].second = "../etc/passwd";
    check_refused(create(with_path, admin), 400);

    CHECK(course.get("productd", "/api/product/cup") ==
          Answer{200, {{"result", product(1, "cup", 100)}}});
    CHECK(course.get("productd", "/api/product/none") == message(404, "Cannot find product"));
    const Json results = {product(1, "cup", 100), product(2, "pot", 7)};
    CHECK(course.get("productd", "/api/products") == Answer{200, {{"results", results}}});
    // It has no stock limit.
    CHECK(shop.json({"product", "get", "cup"})["track_stock"] == false);
}

TEST_CASE("course: orders") {
    const test::RunningShop shop;
    Course course(shop);
    course.post("userd", "/api/user/create", person("ada"));
    course.post("userd", "/api/user/create", person("bob"));
    const std::string ada = course.login("ada", test::kPassword);
    const std::string bob = course.login("bob", test::kPassword);
    const std::string admin = course.login(shop.admin().first, shop.admin().second);
    course.post("productd", "/api/product/create", product_form("cup", "3"), admin);
    course.post("productd", "/api/product/create", product_form("pot", "4"), admin);
    const auto add = [&](const std::string& id, const std::string& quantity,
                         const std::string& key) {
        return course.post("orderd", "/api/order/add-item", {{"product_id", id}, {"qty", quantity}},
                           key);
    };
    const auto result = [](const Json& body) { return Answer{200, {{"result", body}}}; };

    CHECK(add("1", "1", "") == kNotLoggedIn);
    CHECK(course.get("orderd", "/api/order") == kNotLoggedIn);
    CHECK(course.post("orderd", "/api/order/checkout") == kNotLoggedIn);
    CHECK(course.get("orderd", "/api/order", ada) == message(200, "No order found"));
    check_refused(course.post("orderd", "/api/order/checkout", {}, ada), 404);

    CHECK(add("1", "2", ada) == result(order({{1, 2}}, true, 2)));
    CHECK(add("2", "1", ada) == result(order({{1, 2}, {2, 1}}, true, 2)));
    CHECK(add("1", "1", ada) == result(order({{1, 3}, {2, 1}}, true, 2)));
    check_refused(add("1", "0", ada), 400);
    check_refused(add("1", "-2", ada), 400);
    check_refused(add("99", "1", ada), 400);
    check_refused(add("cup", "1", ada), 400);
    CHECK(course.get("orderd", "/api/order", ada) == result(order({{1, 3}, {2, 1}}, true, 2)));
    CHECK(course.get("orderd", "/api/order", bob) == message(200, "No order found"));

    CHECK(course.post("orderd", "/api/order/checkout", {}, ada) ==
          result(order({{1, 3}, {2, 1}}, false, 2)));
    CHECK(course.get("orderd", "/api/order", ada) == message(200, "No order found"));
    CHECK(add("2", "5", bob) == result(order({{2, 5}}, true, 3)));

    CHECK(course.get("orderd", "/api/orders") == kNotLoggedIn);
    check_refused(course.get("orderd", "/api/orders", ada), 403);
    const Json all = {order({{1, 3}, {2, 1}}, false, 2), order({{2, 5}}, true, 3)};
    CHECK(course.get("orderd", "/api/orders", admin) == Answer{200, all});
}

TEST_CASE("course: switched off, its calls are not there and the shop's own are") {
    const test::RunningShop shop;
    shop.ok({"down", "--data", shop.data_dir().string()});
    shop.ok({"up", "--detach", "--data", shop.data_dir().string(), "--port-base",
             std::to_string(shop.port_base()), "--no-course-api"});
    CHECK(shop.send("userd", "GET", "/api/user/admin/exists").status == 404);
    CHECK(shop.send("productd", "GET", "/api/products").status == 404);
    CHECK(shop.send("orderd", "GET", "/api/order").status == 404);
    CHECK(shop.send("productd", "GET", "/v1/products").status == 200);
}
