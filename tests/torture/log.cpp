#include "torture/log.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace shop::torture {
namespace {

constexpr std::size_t kSectorBytes = 512;

// A file in memory that grows where it is written.
void write_at(std::string& file, std::size_t offset, std::string_view bytes) {
    if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
}

// What the system holds in memory, and what of it is on disk.
struct Disk {
    std::string cached;
    std::string stored;

    // Sectors reach the disk whole, also where a write changed a part of one.
    template <class Reaches>
    void store(const Mark& range, const Reaches& reaches) {
        const std::size_t end = range.at + range.number;
        for (std::size_t at = range.at / kSectorBytes * kSectorBytes; at < end; at += kSectorBytes)
            if (reaches()) write_at(stored, at, std::string_view(cached).substr(at, kSectorBytes));
    }
};

}  // namespace

Log::Log(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(file), {});
    for (std::size_t at = 0; at < text_.size();) {
        Event event;
        if (text_.size() - at < sizeof event.mark) throw std::runtime_error("a log cut short");
        std::memcpy(&event.mark, text_.data() + at, sizeof event.mark);
        at += sizeof event.mark;
        if (event.mark.kind == Kind::write) {
            event.bytes = std::string_view(text_).substr(at, event.mark.number);
            at += event.mark.number;
        }
        events_.push_back(event);
    }
}

std::vector<std::uint64_t> acknowledged(const Log& log, std::size_t point, std::size_t lanes) {
    std::vector<std::uint64_t> out(lanes);
    for (std::size_t i = 0; i < point; ++i) {
        const Mark& mark = log.events()[i].mark;
        if (mark.kind == Kind::acknowledged) out.at(mark.at) = mark.number;
    }
    return out;
}

std::string cut(const Log& log, std::size_t point, std::mt19937_64& random) {
    const auto& events = log.events();
    std::size_t confirmed = point;
    while (confirmed > 0 && events[confirmed - 1].mark.kind != Kind::synced) --confirmed;
    // Nearly nothing and nearly everything are as telling as a half.
    const double share = std::uniform_int_distribution(0, 4)(random) / 4.0;
    std::bernoulli_distribution reaches(share);
    Disk disk;
    for (std::size_t i = 0; i < point; ++i) {
        const auto& [mark, bytes] = events[i];
        if (mark.kind == Kind::write) write_at(disk.cached, mark.at, bytes);
        if (i + 1 == confirmed) disk.stored = disk.cached;
        if (i < confirmed) continue;
        if (mark.kind == Kind::write) disk.store(mark, [&] { return reaches(random); });
        if (mark.kind == Kind::durable) disk.store(mark, [] { return true; });
    }
    if (std::bernoulli_distribution()(random)) disk.stored.resize(disk.cached.size());
    return disk.stored;
}

}  // namespace shop::torture
