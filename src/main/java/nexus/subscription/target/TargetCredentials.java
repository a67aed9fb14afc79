package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.target.credential.Ed25519Key;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import nexus.target.credential.TlsIdentity;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription asks for beyond an HMAC signature. Most ask for nothing.
 *
 * @param signer there when {@code signing} is {@code ed25519}
 */
public record TargetCredentials(Optional<AuthSettings> auth, Optional<TlsIdentity> tls, Optional<Ed25519Key> signer) {
    public static final TargetCredentials NONE =
            new TargetCredentials(Optional.empty(), Optional.empty(), Optional.empty());

    static final List<String> SIGNINGS = List.of("hmac", "ed25519");
    static final int MAX_PEM = 65_536;

    /**
     * Applies the body to the settings before; errors are noted in the body.
     *
     * @param kept receives the secrets to keep
     */
    public static TargetCredentials read(JsonBody body, TargetCredentials before, KeptSecrets kept) {
        Optional<AuthSettings> auth = AuthSettings.read(body, before.auth(), kept);
        Optional<TlsIdentity> tls =
                body.has("tls") ? body.object("tls").map(given -> tls(given, before.tls())) : before.tls();
        Optional<Ed25519Key> signer = body.has("signing")
                ? body.oneOf("signing", SIGNINGS).filter("ed25519"::equals).map(wanted -> before.signer()
                        .orElseGet(Ed25519Key::generate))
                : before.signer();
        return auth.isEmpty() && tls.isEmpty() && signer.isEmpty() ? NONE : new TargetCredentials(auth, tls, signer);
    }

    private static TlsIdentity tls(JsonBody tls, Optional<TlsIdentity> before) {
        Optional<String> ca = tls.parsed("ca", MAX_PEM, pem(TlsIdentity::isCertificate, "certificates in PEM"));
        Optional<String> certificate =
                tls.parsed("certificate", MAX_PEM, pem(TlsIdentity::isCertificate, "certificates in PEM"));
        Optional<String> key = tls.parsed(
                "key",
                MAX_PEM,
                (text, at) -> text.equals(TargetHeaders.HIDDEN)
                        ? before.flatMap(TlsIdentity::key)
                                .orElseThrow(() ->
                                        new Refusal.Invalid(at, "must have a value; *** only keeps one that is there"))
                        : pem(TlsIdentity::isPrivateKey, "a private key in PEM, PKCS #8 and not encrypted")
                                .apply(text, at));
        if (tls.has("certificate") != tls.has("key")) {
            tls.error(tls.has("key") ? "certificate" : "key", "is required: a certificate and its key go together");
        }
        return new TlsIdentity(ca, certificate, key);
    }

    private static BiFunction<String, String, String> pem(Predicate<String> fits, String what) {
        return (text, at) -> {
            if (!fits.test(text)) {
                throw new Refusal.Invalid(at, "must be " + what);
            }
            return text;
        };
    }

    private boolean isNone() {
        return auth.isEmpty() && tls.isEmpty() && signer.isEmpty();
    }

    /** For the sender. */
    public TargetAccess access() {
        return isNone()
                ? TargetAccess.PLAIN
                : new TargetAccess(signer, auth.map(AuthSettings::auth).orElse(TargetAuth.NONE), tls);
    }

    /** Like {@link #access}, with hidden credentials. */
    TargetAccess shownAccess() {
        return isNone()
                ? TargetAccess.PLAIN
                : new TargetAccess(signer, auth.map(AuthSettings::shownAuth).orElse(TargetAuth.NONE), Optional.empty());
    }

    /**
     * As answers show them.
     *
     * @param toManager whether URLs are shown whole, not their origins alone
     */
    Map<String, @Nullable Object> shown(boolean toManager) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("signing", signer.isPresent() ? "ed25519" : "hmac");
        json.put("publicKey", signer.map(Ed25519Key::publicKey).orElse(null));
        json.put("auth", auth.map(settings -> settings.shown(toManager)).orElse(null));
        json.put("tls", tls.map(TargetCredentials::shown).orElse(null));
        return json;
    }

    private static Map<String, String> shown(TlsIdentity identity) {
        Map<String, String> shown = new LinkedHashMap<>();
        identity.ca().ifPresent(ca -> shown.put("ca", ca));
        identity.certificate().ifPresent(certificate -> shown.put("certificate", certificate));
        identity.key().ifPresent(key -> shown.put("key", TargetHeaders.HIDDEN));
        return shown;
    }

    /** Adds them to a JSON object that is to be encrypted. */
    void store(JsonObject json) {
        auth.ifPresent(given -> json.put("auth", given.stored()));
        tls.ifPresent(given -> {
            JsonObject identity = new JsonObject();
            given.ca().ifPresent(ca -> identity.put("ca", ca));
            given.certificate().ifPresent(certificate -> identity.put("certificate", certificate));
            given.key().ifPresent(key -> identity.put("key", key));
            json.put("tls", identity);
        });
        signer.ifPresent(key -> json.put("ed25519", key.text()));
    }

    static TargetCredentials ofStored(JsonObject json) {
        TargetCredentials stored = new TargetCredentials(
                Optional.ofNullable(json.getJsonObject("auth")).map(AuthSettings::ofStored),
                Optional.ofNullable(json.getJsonObject("tls"))
                        .map(tls -> new TlsIdentity(
                                Optional.ofNullable(tls.getString("ca")),
                                Optional.ofNullable(tls.getString("certificate")),
                                Optional.ofNullable(tls.getString("key")))),
                Optional.ofNullable(json.getString("ed25519")).map(Ed25519Key::parse));
        return stored.isNone() ? NONE : stored;
    }

    @Override
    public String toString() {
        return "TargetCredentials[redacted]";
    }
}
