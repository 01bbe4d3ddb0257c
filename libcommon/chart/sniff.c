/* SPDX-License-Identifier: Apache-2.0 */
/* sniff: what kind of file stands where an archive should, for one of Helm's error messages. */
#include "chart/internal.h"

#include <string.h>

/* As many bytes as Go looks at. */
enum { WINDOW = 512 };

/* A signature: '\xAA' stands for bytes that do not matter where `any` covers them. */
struct signature {
	const char *bytes;
	size_t len;
	size_t any_from, any_to; /* bytes not compared */
	const char *type;
};

#define SIG(bytes, from, to, type) \
	{ \
		bytes, sizeof(bytes) - 1, from, to, type \
	}

/* In Go's order; what the MIME Sniffing standard lists. */
static const struct signature signatures[] = {
	SIG("%PDF-", 0, 0, "application/pdf"),
	SIG("%!PS-Adobe-", 0, 0, "application/postscript"),
	SIG("\xFE\xFF..", 2, 4, "text/plain; charset=utf-16be"),
	SIG("\xFF\xFE..", 2, 4, "text/plain; charset=utf-16le"),
	SIG("\xEF\xBB\xBF.", 3, 4, "text/plain; charset=utf-8"),
	SIG("\0\0\1\0", 0, 0, "image/x-icon"),
	SIG("\0\0\2\0", 0, 0, "image/x-icon"),
	SIG("BM", 0, 0, "image/bmp"),
	SIG("GIF87a", 0, 0, "image/gif"),
	SIG("GIF89a", 0, 0, "image/gif"),
	SIG("RIFF....WEBPVP", 4, 8, "image/webp"),
	SIG("\x89PNG\r\n\x1A\n", 0, 0, "image/png"),
	SIG("\xFF\xD8\xFF", 0, 0, "image/jpeg"),
	SIG("FORM....AIFF", 4, 8, "audio/aiff"),
	SIG("ID3", 0, 0, "audio/mpeg"),
	SIG("OggS\0", 0, 0, "application/ogg"),
	SIG("MThd\0\0\0\6", 0, 0, "audio/midi"),
	SIG("RIFF....AVI ", 4, 8, "video/avi"),
	SIG("RIFF....WAVE", 4, 8, "audio/wave"),
	SIG("\x1A\x45\xDF\xA3", 0, 0, "video/webm"),
	SIG("..................................LP", 0, 34, "application/vnd.ms-fontobject"),
	SIG("\0\1\0\0", 0, 0, "font/ttf"),
	SIG("OTTO", 0, 0, "font/otf"),
	SIG("ttcf", 0, 0, "font/collection"),
	SIG("wOFF", 0, 0, "font/woff"),
	SIG("wOF2", 0, 0, "font/woff2"),
	SIG("PK\3\4", 0, 0, "application/zip"),
	SIG("Rar!\x1A\7\0", 0, 0, "application/x-rar-compressed"),
	SIG("Rar!\x1A\7\1\0", 0, 0, "application/x-rar-compressed"),
	SIG("\0asm", 0, 0, "application/wasm"),
};

static const char *const tags[] = { "<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT",
	"<TABLE", "<A", "<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P", "<!--" };

static bool is_html(const char *data)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		size_t n = strlen(tags[i]), j = 0;
		while (j < n) {
			char c = data[j];
			if (tags[i][j] >= 'A' && tags[i][j] <= 'Z')
				c = (char)(c & 0xDF);
			if (c != tags[i][j])
				break;
			j++;
		}
		if (j == n && (data[n] == ' ' || data[n] == '>'))
			return true;
	}
	return false;
}

static bool has_signature(const char *data, const struct signature *s)
{
	for (size_t i = 0; i < s->len; i++)
		if (!(i >= s->any_from && i < s->any_to) && data[i] != s->bytes[i])
			return false;
	return true;
}

static bool is_text(const char *data)
{
	for (size_t i = 0; i < WINDOW; i++) {
		unsigned char c = (unsigned char)data[i];
		if (c <= 8 || c == 0x0B || (c >= 0x0E && c <= 0x1A) || (c >= 0x1C && c <= 0x1F))
			return false;
	}
	return true;
}

const char *chart_content_type(struct str bytes)
{
	/* Room behind the window for comparisons that begin near its end. */
	char data[WINDOW + 64] = { 0 };
	if (bytes.len)
		memcpy(data, bytes.s, bytes.len < WINDOW ? bytes.len : WINDOW);
	size_t start = 0;
	while (start < WINDOW && data[start] && strchr("\t\n\f\r ", data[start]))
		start++;
	if (is_html(data + start))
		return "text/html; charset=utf-8";
	if (memcmp(data + start, "<?xml", 5) == 0)
		return "text/xml; charset=utf-8";
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
		if (has_signature(data, &signatures[i]))
			return signatures[i].type;
	return is_text(data) ? "text/plain; charset=utf-8" : "application/octet-stream";
}
