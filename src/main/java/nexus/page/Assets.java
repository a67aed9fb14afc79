package nexus.page;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nexus.notation.Sha256;

/**
 * Styles, scripts and the icon. The path of each contains a hash of its content, so a browser keeps it for a year and never
 * uses an outdated one.
 */
final class Assets {
    private static final int HASH_CHARACTERS = 12;
    private static final String FOREVER = "public, max-age=31536000, immutable";

    /** The content type of each file in {@code page/static}. */
    private static final Map<String, String> TYPES = Map.of(
            "nexus.css", "text/css; charset=utf-8",
            "nexus.js", "text/javascript; charset=utf-8",
            "htmx.min.js", "text/javascript; charset=utf-8",
            "uPlot.iife.min.js", "text/javascript; charset=utf-8",
            "uPlot.min.css", "text/css; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, Asset> byFile = new LinkedHashMap<>();

    private record Asset(String type, String hash, Buffer content, Buffer compressed) {}

    Assets() {
        TYPES.keySet().stream().sorted().forEach(file -> {
            byte[] content = read(file);
            String hash = HexFormat.of().formatHex(Sha256.of(content)).substring(0, HASH_CHARACTERS);
            byFile.put(
                    file,
                    new Asset(
                            String.valueOf(TYPES.get(file)),
                            hash,
                            Buffer.buffer(content),
                            Gzip.of(Buffer.buffer(content))));
        });
    }

    /** The path of a file, with its version. */
    String path(String file) {
        Asset asset = byFile.get(file);
        if (asset == null) {
            throw new IllegalArgumentException("no such asset: " + file);
        }
        return "/assets/" + asset.hash() + "/" + file;
    }

    void answer(RoutingContext context) {
        Optional<Asset> found = Optional.ofNullable(byFile.get(String.valueOf(context.pathParam("file"))));
        HttpServerResponse response = context.response();
        if (found.isEmpty() || !found.get().hash().equals(context.pathParam("hash"))) {
            response.setStatusCode(404)
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .end();
            return;
        }
        Asset asset = found.get();
        response.putHeader(HttpHeaders.CONTENT_TYPE, asset.type())
                .putHeader(HttpHeaders.CACHE_CONTROL, FOREVER)
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        Gzip.end(context, asset.content(), asset.compressed());
    }

    private static byte[] read(String file) {
        try (InputStream in = Assets.class.getResourceAsStream("/page/static/" + file)) {
            if (in == null) {
                throw new IllegalStateException("not in this build: page/static/" + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
