/**
 * What are deliveries signed with, and how are secrets kept?
 *
 * <p>Takes texts and keys, gives signing secrets and ciphertexts. Never reads or writes the store.
 */
@NullMarked
package nexus.subscription.secret;

import org.jspecify.annotations.NullMarked;
