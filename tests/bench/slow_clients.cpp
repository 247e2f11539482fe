// Slow clients for `make bench-slow` (see support/slow_clients.hpp).
//
//     bench_slow_clients PORT TARGET CLIENTS SECONDS
//
// Prints "ready" when all are connected and have begun; ends after so many seconds.
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "support/slow_clients.hpp"

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() != 4) {
        std::cerr << "Usage: see the head of tests/bench/slow_clients.cpp\n";
        return 2;
    }
    try {
        const shop::test::SlowClients clients(
            {static_cast<std::uint16_t>(std::stoul(words[0])), words[1], std::stoul(words[2])});
        std::cout << "ready" << std::endl;
        std::this_thread::sleep_for(std::chrono::seconds(std::stol(words[3])));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_slow_clients: " << error.what() << "\n";
        return 1;
    }
}
