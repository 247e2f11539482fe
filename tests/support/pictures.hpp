// Small pictures of each kind, 30 x 10 pixels: red, then half transparent blue, then nothing (in
// the JPEG, black), and what is wrong with some others.
//
// Thread safety: values.
#pragma once

#include <string>

#include "base/text.hpp"

namespace shop::test {

inline std::string tiny_png() {
    return *from_base64url(
        "iVBORw0KGgoAAAANSUhEUgAAAB4AAAAKCAYAAACjd-"
        "4vAAAACXBIWXMAAA7EAAAOxAGVKw4bAAAALElEQVQ4jWP8z8Dw"
        "n4EIwMjwv54YdQwMjE3EqGIizjDqg1GLRy0etXjoWwwArEQEFM5lkPoAAAAASUVORK5CYII");
}

inline std::string tiny_gif() {
    return *from_base64url(
        "R0lGODdhHgAKAJEAAAQCBPwCBAQC_"
        "AAAACwAAAAAHgAKAAACJ4yPosvgD5EMrAqIwUx25bgZnfc5oThepXamanlS6cqG"
        "Lh3faz6vBQA7");
}

inline std::string tiny_webp() {
    return *from_base64url(
        "UklGRjYAAABXRUJQVlA4TCkAAAAvHUACEBcQAoIi_0ebfwFB0XPTBXaDgrZtmJAsxLMN6wBE9D8k3wF_AAA");
}

// Says in its Exif that it lies on its side (6), and where it was taken; in a comment, by whom.
inline std::string tiny_jpeg() {
    return *from_base64url(
        "_9j_4QAvRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAB0YWtlbiBhdCBob21l__4ACGJ5IEFkYf_"
        "gABBKRklG"
        "AAEBAQBgAGAAAP_"
        "bAEMAAwICAwICAwMDAwQDAwQFCAUFBAQFCgcHBggMCgwMCwoLCw0OEhANDhEOCwsQFhARExQVFRUM"
        "DxcYFhQYEhQVFP_"
        "bAEMBAwQEBQQFCQUFCRQNCw0UFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
        "FBQUFBQUFBQUFP_AABEIAAoAHgMBEQACEQEDEQH_xAAfAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgv_"
        "xAC1EAAC"
        "AQMDAgQDBQUEBAAAAX0BAgMABBEFEiExQQYTUWEHInEUMoGRoQgjQrHBFVLR8CQzYnKCCQoWFxgZGiUmJygpKjQ1Nj"
        "c4"
        "OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uL"
        "m6"
        "wsPExcbHyMnK0tPU1dbX2Nna4eLj5OXm5-jp6vHy8_T19vf4-fr_"
        "xAAfAQADAQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJ"
        "Cgv_"
        "xAC1EQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZ"
        "GiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpq"
        "eo"
        "qaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4-Tl5ufo6ery8_T19vf4-fr_2gAMAwEAAhEDEQA_APnSvww_"
        "1TPI"
        "fHn_ACNd9_2z_wDRa1_qp4Jf8kBl3_cX_wBP1D_Nfxf_AOS3x_8A3D_9M0zznxr_AMuf_A__AGWvh_HP_mW_9xf_"
        "AHEf"
        "nGWfb-X6nM1_Kx7h9lV-GH-qZ5D48_5Gu-_7Z_8Aota_1U8Ev-SAy7_uL_6fqH-a_i__AMlvj_8AuH_6ZpnnPjX_"
        "AJc_"
        "-B_-y18P45_8y3_uL_7iPzjLPt_L9Tma_lY9w__Z");
}

// A PNG of 33 bytes and an end that says that it is so large.
inline std::string claimed_png(unsigned width, unsigned height) {
    std::string png = tiny_png();
    for (int i = 0; i < 4; ++i) {
        png[static_cast<std::size_t>(16 + i)] = static_cast<char>(width >> (24 - 8 * i));
        png[static_cast<std::size_t>(20 + i)] = static_cast<char>(height >> (24 - 8 * i));
    }
    return png;
}

}  // namespace shop::test
