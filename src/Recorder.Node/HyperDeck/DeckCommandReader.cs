using System.Text;

namespace Recorder.Node.HyperDeck;

/// <summary>Reads commands out of a client's bytes, however they are cut. Its memory is bounded: a line that is too long is hopeless.</summary>
internal sealed class DeckCommandReader
{
    /// <summary>Most bytes of a line.</summary>
    public const int LongestLine = 4096;

    private readonly DeckCommandParser _parser = new();
    private readonly byte[] _line = new byte[LongestLine];
    private int _length;

    /// <summary>Reads up to the end of the next command.</summary>
    /// <param name="bytes">What came; afterwards what follows the command.</param>
    /// <returns>The command; null when all bytes are read and none is complete.</returns>
    public DeckCommand? Read(ref ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (_length + part.Length > _line.Length)
            {
                (bytes, _length) = (default, 0);
                return DeckCommand.Wrong(DeckResult.SyntaxError) with { IsHopeless = true };
            }

            part.Span.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
            bytes = bytes[(end < 0 ? part.Length : end + 1)..];
            if (end < 0)
                return null;

            // Bytes that are no UTF-8 become U+FFFD, which no word of the protocol contains.
            var line = Encoding.UTF8.GetString(_line, 0, _length);
            _length = 0;
            if (_parser.Add(line) is { } command)
                return command;
        }

        return null;
    }
}
