// Runs cases and says what was not as expected.
//
// Thread safety: free functions; may be called from several threads.
#pragma once

#include <string>

#include "http/attacks/corpus.hpp"

namespace shop::test {

// Sends the case; empty where exactly what is expected came, else what came instead.
std::string judge(const Case& attack, const Expected& expected, int port);

// An innocent request on a connection of its own has to get its own answer; empty where it does.
// `backend_port`: where the proxy says which of its connections it took.
std::string judge_innocent(int port, std::string& backend_port);

}  // namespace shop::test
