// gzip, the content coding of answers (RFC 9110, 8.4.1.3; RFC 1952).
//
// Thread safety: free functions without shared state; a GzipCache may be shared.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/message.hpp"

namespace shop::http {

// Whether the request's Accept-Encoding takes gzip (RFC 9110, 12.5.3); without the field it does
// not.
bool accepts_gzip(const Headers& request);
std::string gzip(std::string_view bytes);

// Coded forms by what they are made of, so that nothing goes stale and no change has to reach it.
// Those that were not asked for while as many bytes again came in are let go.
class GzipCache {
public:
    // `bytes_max`: of plain and coded forms together.
    explicit GzipCache(std::size_t bytes_max) : generation_bytes_max_(bytes_max / 2) {}

    std::shared_ptr<const std::string> coded(const std::string& plain);

private:
    using Coded = std::shared_ptr<const std::string>;
    Coded find(const std::string& plain);
    void keep(const std::string& plain, const Coded& coded);

    const std::size_t generation_bytes_max_;
    std::mutex mutex_;
    // Two generations: what is asked for moves to the young one; the old one goes as a whole.
    std::unordered_map<std::string, Coded> young_;
    std::unordered_map<std::string, Coded> old_;
    std::size_t young_bytes_ = 0;
};

}  // namespace shop::http
