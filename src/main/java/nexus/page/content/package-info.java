/**
 * How are payloads and requests shown?
 *
 * <p>Takes stored bodies and described requests, gives text: a difference of two rows, indented JSON, a command for a shell.
 * Numbers keep their digits. Never gives markup. Pure.
 */
@NullMarked
package nexus.page.content;

import org.jspecify.annotations.NullMarked;
