package nexus.target.credential;

import java.util.Optional;

/**
 * What one subscription asks for beyond the usual when its target is met. Most ask for nothing, and then it costs nothing.
 *
 * @param signer signs a second time
 * @param auth as whom Nexus presents itself
 * @param tls whom it trusts and what certificate it shows
 */
public record TargetAccess(Optional<Ed25519Key> signer, TargetAuth auth, Optional<TlsIdentity> tls) {
    public static final TargetAccess PLAIN = new TargetAccess(Optional.empty(), TargetAuth.NONE, Optional.empty());
}
