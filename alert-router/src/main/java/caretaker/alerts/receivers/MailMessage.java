package caretaker.alerts.receivers;

import caretaker.alerts.config.EmailConfig;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/**
 * A notification as a mail. Its Message-Id is the same whenever the same notification is sent again. Who gets it, and
 * whom it is from, is {@code to} and {@code from}; headers of these names say something else to readers only.
 */
final class MailMessage extends SMTPMessage {
    /** A line of a mail may not be longer than 998 characters. */
    private static final int MAX_HEADER = 900;

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss xx", Locale.ENGLISH);
    private static final Set<String> ADDRESSES = Set.of("From", "To", "Cc", "Reply-To", "Sender");
    private static final Set<String> OURS =
            Set.of("Content-Type", "Content-Transfer-Encoding", "Mime-Version", "Bcc", "Return-Path");

    private final InternetAddress[] recipients;

    private MailMessage(Session session, InternetAddress from, InternetAddress[] to) throws MessagingException {
        super(session);
        recipients = to;
        setFrom(from);
        setEnvelopeFrom(from.getAddress());
        setRecipients(Message.RecipientType.TO, to);
    }

    /** Who gets it, whatever its headers say. */
    Address[] recipients() {
        return recipients.clone();
    }

    /** What a mail cannot be made of: an address that is none. Another attempt would fail again. */
    static final class BadAddress extends Exception {
        private static final long serialVersionUID = 1;

        BadAddress(String message) {
            super(message);
        }
    }

    static MailMessage of(EmailConfig config, Notification notification, Rendering rendering, Session session)
            throws MessagingException, BadAddress {
        InternetAddress[] from = addresses("from", rendering.text(config.from()), rendering);
        if (from.length != 1) {
            throw new BadAddress("'from' must be one address");
        }
        InternetAddress[] to = addresses("to", rendering.text(config.to()), rendering);
        var mail = new MailMessage(session, from[0], to);
        Map<String, String> headers = new TreeMap<>(config.headers());
        headers.putIfAbsent("Subject", EmailConfig.DEFAULT_SUBJECT);
        String text = config.text().isEmpty() ? "" : rendering.text(config.text());
        String html = config.html().isEmpty() ? "" : rendering.html(config.html());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String instead = header.getKey().equals("Subject") ? Texts.plainSubject(notification.data()) : "";
            mail.header(header.getKey(), rendering.text(header.getValue(), instead));
        }
        mail.identity(config, notification, from[0].getAddress());
        String error = rendering.error();
        if (error == null) {
            mail.body(text, html);
        } else {
            mail.body(Texts.plainText(notification.data(), error), "");
        }
        mail.saveChanges();
        return mail;
    }

    private static InternetAddress[] addresses(String name, String list, Rendering rendering) throws BadAddress {
        if (rendering.error() != null) {
            throw new BadAddress("the template of '" + name + "' failed: " + rendering.error());
        }
        if (!list.equals(Texts.oneLine(list)) && list.strip().matches("(?s).*[\\r\\n\\x00].*")) {
            throw new BadAddress("'" + name + "' holds a line break");
        }
        try {
            InternetAddress[] parsed = InternetAddress.parse(list, true);
            if (parsed.length == 0) {
                throw new BadAddress("'" + name + "' is empty");
            }
            for (InternetAddress address : parsed) {
                address.validate();
            }
            return parsed;
        } catch (MessagingException e) {
            throw new BadAddress("'" + name + "' cannot be read as addresses");
        }
    }

    /** Sets a header to one line, encoded where it isn't ASCII. */
    private void header(String name, String value) throws MessagingException {
        if (!name.matches("[\\x21-\\x39\\x3b-\\x7e]+") || OURS.contains(name)) {
            return; // the configuration's check refuses most of them; the rest would break the mail
        }
        try {
            String line = Texts.cut(Texts.oneLine(value), MAX_HEADER);
            String encoded = ADDRESSES.contains(name) ? people(line) : MimeUtility.encodeText(line, "UTF-8", "Q");
            setHeader(name, MimeUtility.fold(name.length() + 2, encoded));
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every JDK has UTF-8", e);
        }
    }

    /** Addresses with the names before them encoded, or encoded text where they are none. */
    private static String people(String line) throws UnsupportedEncodingException {
        try {
            InternetAddress[] addresses = InternetAddress.parse(line, true);
            for (InternetAddress address : addresses) {
                address.setPersonal(address.getPersonal(), "UTF-8");
            }
            return InternetAddress.toString(addresses);
        } catch (AddressException e) {
            return MimeUtility.encodeText(line, "UTF-8", "Q");
        }
    }

    private void identity(EmailConfig config, Notification notification, String from) throws MessagingException {
        if (getHeader("Message-Id") == null) {
            String domain = from.substring(from.lastIndexOf('@') + 1);
            String id = Texts.sha256(notification.idempotencyKey()).substring(0, 32);
            setHeader("Message-Id", "<" + id + "@" + domain + ">");
        }
        if (getHeader("Date") == null) {
            setHeader("Date", DATE.format(ZonedDateTime.ofInstant(notification.at(), ZoneOffset.UTC)));
        }
        if (config.thread()) {
            LocalDate day = LocalDate.ofInstant(notification.at(), ZoneOffset.UTC);
            String date = config.threadByDate().equals("daily") ? day.toString() : "";
            String hash = notification.group().keyHash().substring(0, 16);
            String thread = "<alert-" + hash + "-" + date + "@alertmanager>";
            setHeader("References", thread);
            setHeader("In-Reply-To", thread);
        }
    }

    private void body(String text, String html) throws MessagingException {
        var parts = new MimeMultipart("alternative");
        if (!text.isEmpty() || html.isEmpty()) {
            parts.addBodyPart(part(text, "plain"));
        }
        if (!html.isEmpty()) {
            parts.addBodyPart(part(html, "html"));
        }
        setContent(parts);
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        var part = new MimeBodyPart();
        part.setText(text, "UTF-8", subtype);
        part.setHeader("Content-Transfer-Encoding", "quoted-printable");
        return part;
    }

    @Override
    protected void updateMessageID() {
        // it is set, and stays
    }
}
