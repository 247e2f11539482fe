#include "http/gzip.hpp"

#include <libdeflate.h>

#include <new>
#include <utility>

#include "base/text.hpp"

namespace shop::http {
namespace {

constexpr int kLevel = 6;  // of 12, the library's own default

// "q=0" and "q=0.000" refuse; other weights take it. A broken one is taken as a refusal.
bool has_weight(std::string_view parameters) {
    const auto semicolon = parameters.find(';');
    if (semicolon == std::string_view::npos) return true;
    const auto parameter = trim(parameters.substr(semicolon + 1));
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
    return parameter.find_first_of("123456789") != std::string_view::npos;
}

}  // namespace

bool accepts_gzip(const Headers& request) {
    std::string_view rest = request.get("accept-encoding").value_or("");
    bool any = false;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const auto item = trim(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
        const auto name = to_lower(trim(item.substr(0, item.find(';'))));
        if (name == "gzip" || name == "x-gzip") return has_weight(item);
        if (name == "*") any = has_weight(item);
    }
    return any;
}

std::string gzip(std::string_view bytes) {
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        ::libdeflate_alloc_compressor(kLevel), ::libdeflate_free_compressor);
    if (!compressor) throw std::bad_alloc();
    std::string out(::libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
    out.resize(::libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(),
                                          out.size()));
    return out;
}

std::shared_ptr<const std::string> GzipCache::coded(const std::string& plain) {
    {
        const std::lock_guard lock(mutex_);
        if (auto known = find(plain)) return known;
    }
    // Outside the lock: two may code the same at once, which costs less than waiting in turn.
    auto made = std::make_shared<const std::string>(gzip(plain));
    const std::lock_guard lock(mutex_);
    keep(plain, made);
    return made;
}

GzipCache::Coded GzipCache::find(const std::string& plain) {
    if (const auto at = young_.find(plain); at != young_.end()) return at->second;
    const auto at = old_.find(plain);
    if (at == old_.end()) return nullptr;
    Coded known = at->second;
    keep(plain, known);
    return known;
}

void GzipCache::keep(const std::string& plain, const Coded& coded) {
    const std::size_t bytes = plain.size() + coded->size();
    if (bytes > generation_bytes_max_) return;
    if (young_bytes_ + bytes > generation_bytes_max_) {
        old_ = std::exchange(young_, {});
        young_bytes_ = 0;
    }
    if (young_.emplace(plain, coded).second) young_bytes_ += bytes;
}

}  // namespace shop::http
