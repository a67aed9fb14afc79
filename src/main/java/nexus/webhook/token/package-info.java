/**
 * Which access token does a request carry?
 *
 * <p>Takes the credentials of a client, gives the value of the header {@code Authorization}. Never keeps a token longer than
 * it is valid and never shows what an authorization server wrote.
 */
@NullMarked
package nexus.webhook.token;

import org.jspecify.annotations.NullMarked;
