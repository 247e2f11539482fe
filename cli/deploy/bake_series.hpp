// The looks of one service as a series: what it did between the first and the last one, and in each
// slice between two. For bake.cpp.
//
// Thread safety: values; a Series is valid as long as its looks.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "deploy/bake.hpp"

namespace shop::cli::deploy {

inline EndpointFigures operator-(const EndpointFigures& a, const EndpointFigures& b) {
    return {a.requests - b.requests, a.errors - b.errors, a.seconds - b.seconds};
}
inline EndpointFigures& operator+=(EndpointFigures& a, const EndpointFigures& b) {
    a.requests += b.requests;
    a.errors += b.errors;
    a.seconds += b.seconds;
    return a;
}

inline const ServiceLook* look_at(const Look& look, const std::string& service) {
    const auto found = look.services.find(service);
    return found == look.services.end() ? nullptr : &found->second;
}

// The looks of one service that brought its metrics.
class Series {
public:
    Series(const Looks& looks, const std::string& service) {
        for (const Look& look : looks)
            if (const ServiceLook* one = look_at(look, service); one && one->measured)
                looks_.push_back({look.at, one, look.disk});
    }
    bool empty() const { return looks_.size() < 2; }
    double seconds() const { return empty() ? 0 : looks_.back().at - looks_.front().at; }

    // What came between the first look and the last one; `of` gives an endpoint's figures.
    template <class Of>
    EndpointFigures whole(Of of) const {
        return empty() ? EndpointFigures{}
                       : of(*looks_.back().service) - of(*looks_.front().service);
    }
    // Mean milliseconds of an answer, of each slice that has any.
    template <class Of>
    std::vector<double> means(Of of) const {
        std::vector<double> out;
        for (std::size_t i = 1; i < looks_.size(); ++i) {
            const EndpointFigures slice = of(*looks_[i].service) - of(*looks_[i - 1].service);
            if (slice.requests > 0) out.push_back(1000 * slice.seconds / slice.requests);
        }
        return out;
    }
    // The same as multiples of what a write of ours to the disk took in that very slice, or of
    // `disk_ms_min`, where that is more; without the slices in which none was made.
    template <class Of>
    std::vector<double> paces(Of of, double disk_ms_min) const {
        std::vector<double> out;
        for (std::size_t i = 1; i < looks_.size(); ++i) {
            const EndpointFigures slice = of(*looks_[i].service) - of(*looks_[i - 1].service);
            const EndpointFigures disk = looks_[i].disk - looks_[i - 1].disk;
            if (slice.requests <= 0 || disk.requests <= 0) continue;
            const double disk_ms = std::max(disk_ms_min, 1000 * disk.seconds / disk.requests);
            out.push_back(1000 * slice.seconds / slice.requests / disk_ms);
        }
        return out;
    }
    const ServiceLook* last() const { return looks_.empty() ? nullptr : looks_.back().service; }

private:
    struct One {
        double at;
        const ServiceLook* service;
        EndpointFigures disk;
    };
    std::vector<One> looks_;
};

inline double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace shop::cli::deploy
