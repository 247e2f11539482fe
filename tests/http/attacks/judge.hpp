// Runs cases and says what was not as expected.
//
// Thread safety: free functions; may be called from several threads.
#pragma once

#include <string>

#include "http/address.hpp"
#include "http/attacks/corpus.hpp"

namespace shop::test {

// Sends the case; empty where exactly what is expected came, else what came instead.
std::string judge(const Case& attack, const Expected& expected, int port);

// An innocent request on a connection of its own has to get its own answer; empty where it does.
// `backend_port`: where the proxy says which of its connections it took.
std::string judge_innocent(int port, std::string& backend_port);

// Sends the case through the gateway, which refuses more, and sooner, than a plain proxy. Empty
// where all that came back was answers of HTTP, no more of them than requests, and the connection
// ended after a last request with `Connection: close`.
std::string judge_through_gateway(const Case& attack, const http::Address& gateway);
// As judge_innocent(), by a path that the gateway lets through.
std::string judge_innocent_through_gateway(const http::Address& gateway);

}  // namespace shop::test
