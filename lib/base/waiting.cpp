#include "base/waiting.hpp"

#include <utility>

namespace shop {
namespace {

thread_local Waiting::Counter* counter_of_this_thread = nullptr;

}  // namespace

void Waiting::count_this_thread(Counter* counter) { counter_of_this_thread = counter; }

// What is nested finds none.
Waiting::Waiting() : counter_(std::exchange(counter_of_this_thread, nullptr)) {
    if (counter_ != nullptr) counter_->waits();
}

Waiting::~Waiting() {
    if (counter_ == nullptr) return;
    counter_->goes_on();
    counter_of_this_thread = counter_;
}

}  // namespace shop
