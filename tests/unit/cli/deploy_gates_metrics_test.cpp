// What the gates read in a daemon's /metrics.
#include <catch2/catch.hpp>

#include "deploy/service_metrics.hpp"

using namespace shop;
using namespace shop::cli::deploy;

TEST_CASE("deploy gates: requests, errors and times are read from metrics", "[deploy][gates]") {
    const auto metrics = read_metrics(R"(# HELP shop_http_requests_total Requests answered.
# TYPE shop_http_requests_total counter
shop_http_requests_total{endpoint="order_create",status="201"} 95
shop_http_requests_total{endpoint="order_create",status="500"} 4
shop_http_requests_total{status="503",endpoint="order_create"} 1
shop_http_requests_total{endpoint="cart_get",status="404"} 7
# TYPE shop_http_duration_seconds histogram
shop_http_duration_seconds_count{endpoint="order_create"} 100
shop_http_duration_seconds_sum{endpoint="order_create"} 1.5
shop_http_duration_seconds_bucket{endpoint="order_create",le="0.0001"} 0
shop_http_duration_seconds_bucket{endpoint="order_create",le="+Inf"} 100
shop_http_duration_seconds_sum{endpoint="cart_get"} 2.5e-03 1700000000000
shop_http_rejected_total{reason="malformed"} 11
shop_http_rejected_total{reason="queue"} 2
shop_http_rejected_total{reason="memory"} 3
shop_http_connections 5
)");
    REQUIRE(metrics.endpoints.size() == 2);
    const auto& orders = metrics.endpoints.at("order_create");
    CHECK(orders.requests == 100);
    CHECK(orders.errors == 5);
    CHECK(orders.seconds == Approx(1.5));
    const auto& carts = metrics.endpoints.at("cart_get");
    CHECK(carts.requests == 7);
    CHECK(carts.errors == 0);
    CHECK(carts.seconds == Approx(0.0025));
    CHECK(metrics.refused == 5);
}

TEST_CASE("deploy gates: broken lines of metrics are passed over", "[deploy][gates]") {
    for (const char* text :
         {"", "\n\n", "shop_http_requests_total", "shop_http_requests_total{", "{} 1",
          "shop_http_requests_total{endpoint=\"a\" 1", "shop_http_requests_total{endpoint=\"a\"}",
          "shop_http_requests_total{endpoint=\"a\"} x", "shop_http_requests_total{endpoint=\"a} 1",
          "shop_http_requests_total{endpoint=\"a\"} 1x", "<html>no metrics</html>",
          "shop_http_requests_total{the_endpoint=\"a\"} 1"})
        CHECK(read_metrics(text).endpoints.empty());
    const auto metrics =
        read_metrics("nonsense\nshop_http_requests_total{endpoint=\"a\",status=\"200\"} 3\n\xff");
    CHECK(metrics.endpoints.at("a").requests == 3);
}
