// cpp-httplib as Debian ships it, with TCP_NODELAY and 64 threads: what the front is measured
// against.
//
//     bench_httplib PORT FILE      answers GET /v1/products/… on 127.0.0.1 with the file's bytes
//
// Its cap of 5 requests a connection is lifted, so that it is measured on kept connections, too.
#include <httplib.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
    constexpr std::size_t kThreads = 64;
    constexpr std::size_t kRequestsMax = 1'000'000;
    if (argc != 3) {
        std::fputs("Usage: see the head of tests/bench/httplib_server.cpp\n", stderr);
        return 2;
    }
    std::ifstream file(argv[2], std::ios::binary);
    const std::string body((std::istreambuf_iterator<char>(file)), {});
    httplib::Server server;
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(kRequestsMax);
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.Get("/v1/products/([^/]+)", [&](const httplib::Request&, httplib::Response& response) {
        response.set_content(body, "application/json");
    });
    return server.listen("127.0.0.1", std::stoi(argv[1])) ? 0 : 1;
}
