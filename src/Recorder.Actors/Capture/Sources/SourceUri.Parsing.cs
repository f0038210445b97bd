using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

// Parsing.
public sealed partial class SourceUri
{
    /// <summary>Reads a source.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="uri">The source, when true is returned.</param>
    /// <param name="error">A sentence with what is wrong and what to write, credentials masked, when false is returned.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SourceUri? uri, [NotNullWhen(false)] out string? error)
    {
        uri = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "The source is empty: name one, for example test:, clip.mp4 or rtsp://camera/stream.";
            return false;
        }

        text = text.Trim();
        var match = SchemePattern().Match(text);
        var scheme = match.Success ? match.Groups[1].Value.ToLowerInvariant() : "file";
        if (!SourceSchemes.TryGet(scheme, out var known))
        {
            error = UnknownScheme(text, scheme);
            return false;
        }

        var rest = match.Success ? text[match.Length..] : text;
        if (known.Kind == SourceKind.Network && (!rest.StartsWith("//", StringComparison.Ordinal) || rest.Length == 2))
        {
            error = $"'{Shown(text)}' has no host: write {scheme}://host/path.";
            return false;
        }

        if (known.Kind == SourceKind.Network && FindBadAddress(text, scheme, rest[2..]) is { } bad)
        {
            error = bad;
            return false;
        }

        var cut = rest.IndexOf(known.Kind == SourceKind.Network ? '#' : '?', StringComparison.Ordinal);
        var address = cut < 0 ? rest : rest[..cut];
        // Messages about options show the source without them, because what follows the mark may be the rest of a password.
        var shown = Credentials.Mask(cut < 0 ? text : text[..^(rest.Length - cut)]);
        if (!TryReadOptions(cut < 0 ? "" : rest[(cut + 1)..], known, shown, out var options, out error))
            return false;

        if (known.AddressExample is { } example && address.Length == 0)
        {
            error = $"'{Credentials.Mask(text)}' has no {known.Noun}: write {example}.";
            return false;
        }

        if (known.Kind == SourceKind.Test && address.Length > 0)
        {
            error = $"'{Credentials.Mask(text)}' has '{Credentials.Mask(address)}' after 'test:': "
                + "write options after a question mark, for example test:?size=1280x720.";
            return false;
        }

        if (known.Kind == SourceKind.Push && !RecorderId.TryParse(address, out _))
        {
            error = $"'{Credentials.Mask(text)}' has no valid stream name: "
                + "write push: and 1 to 64 letters, digits, '.', '_' or '-', for example push:studio.";
            return false;
        }

        uri = new SourceUri(scheme, known.Kind, Normalise(scheme, known.Kind, address, plain: !match.Success), options);
        return true;
    }

    /// <summary>Reads a source that is known to be valid.</summary>
    /// <exception cref="FormatException">It is not valid; the message is the error of <see cref="TryParse"/>.</exception>
    public static SourceUri Parse(string text) =>
        TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);

    private static bool TryReadOptions(
        string text, SourceScheme scheme, string masked, out Dictionary<string, string> options, [NotNullWhen(false)] out string? error)
    {
        options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            if (!scheme.Options.TryGetValue(name, out var option))
            {
                var hint = scheme.Kind switch
                {
                    SourceKind.File => "; a '?' in a file's name is written file:…%3F…",
                    SourceKind.Network => "; a '#' in a URL is written %23",
                    _ => "",
                };
                // A text that does not look like an option may be the rest of a password.
                var shown = OptionNamePattern().IsMatch(name) ? name : "***";
                var known = string.Join(", ", scheme.Options.Keys);
                error = $"'{masked}' has the unknown option '{shown}': a {scheme.Noun} takes {known}{hint}.";
                return false;
            }

            var value = equals < 0 ? option.ValueIfOmitted ?? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
            if (!option.IsValid(value))
            {
                error = $"'{masked}' has {name}={value}: write {option.Expected}.";
                return false;
            }

            if (!options.TryAdd(name, value))
            {
                error = $"'{masked}' has the option '{name}' twice: write it once.";
                return false;
            }
        }

        if (options.GetValueOrDefault("audio") == "off" && options.GetValueOrDefault("video") == "off")
        {
            error = $"'{masked}' has neither audio nor video: leave one of them on.";
            return false;
        }

        error = null;
        return true;
    }

    private static string UnknownScheme(string text, string scheme) =>
        text.Contains('@', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal)
        ? $"'{Shown(text)}' has no known scheme: use {SourceSchemes.Names}, for example rtsp://user:password@host/path."
        : $"'{Credentials.Mask(text)}' has the unknown scheme '{scheme}': "
            + $"use {SourceSchemes.Names}, or write ./{Credentials.Mask(text)} for a file of that name.";

    // Finds mistakes that would connect to another host than intended, or show a password as a host.
    private static string? FindBadAddress(string text, string scheme, string address) =>
        BlankPattern().IsMatch(address)
            ? $"The {scheme} source has a space or a control character in its address: write a space as %20."
        : NoPortPattern().IsMatch(address)
            ? $"'{Credentials.Mask(text)}' has a port that is not a number: "
                + $"write {scheme}://user:password@host:port/path, and / ? # @ in a password as %2F %3F %23 %40."
        : address.IndexOf('#', StringComparison.Ordinal) is >= 0 and var cut && address.IndexOf('@', cut) >= 0
            ? $"'{Credentials.Mask(text)}' has a '#' before an '@': write # in a password as %23."
            : null;

    // Hides everything before the @, because without // it is unknown where user info begins.
    private static string Shown(string text) => !text.Contains("://", StringComparison.Ordinal) && text.LastIndexOf('@') is >= 0 and var at
        ? "***" + Credentials.Mask(text[at..])
        : Credentials.Mask(text);

    private static string Normalise(string scheme, SourceKind kind, string address, bool plain)
    {
        switch (kind)
        {
            case SourceKind.File:
                var path = plain ? address : Uri.UnescapeDataString(address.StartsWith("///", StringComparison.Ordinal) ? address[2..] : address);
                return Path.GetFullPath(path);
            case SourceKind.Network:
                // Host names do not distinguish case; path, query and user info do.
                var end = address.IndexOfAny(['/', '?'], 2);
                var authority = end < 0 ? address : address[..end];
                var host = authority.LastIndexOf('@') + 1;
                return scheme + ":" + authority[..host] + authority[host..].ToLowerInvariant() + address[authority.Length..];
            default:
                return address;
        }
    }

    // A single letter before the colon is a drive, not a scheme.
    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]+):", RegexOptions.CultureInvariant)]
    private static partial Regex SchemePattern();

    [GeneratedRegex("^[a-z][a-z0-9]{0,19}$", RegexOptions.CultureInvariant)]
    private static partial Regex OptionNamePattern();

    // A colon that no port follows. Colons in brackets belong to an IPv6 address.
    [GeneratedRegex(@"^[^/?#\[\]@]*:(?!\d*(?:[/?#]|$))[^/?#@]*(?:[/?#]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex NoPortPattern();

    [GeneratedRegex(@"[\s\p{C}]", RegexOptions.CultureInvariant)]
    private static partial Regex BlankPattern();
}
