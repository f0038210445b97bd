using System.Text;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Tests.Messages;

/// <summary>Gives bytes to a reader as a connection does, and keeps what was not consumed.</summary>
internal sealed class ReceivedStream(RtspReader reader)
{
    private byte[] _kept = [];

    public List<object> Items { get; } = [];

    public int Kept => _kept.Length;

    public IEnumerable<RtspMessage> Messages => Items.OfType<RtspMessage>();

    public IEnumerable<(byte Channel, byte[] Payload)> Frames => Items.OfType<(byte Channel, byte[] Payload)>();

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _kept = [.. _kept, .. bytes];
        var rest = _kept.AsMemory();
        while (true)
        {
            var result = reader.TryRead(rest, out var consumed, out var frame, out var message);
            rest = rest[consumed..];
            if (result == ReadResult.More)
                break;

            Items.Add(result == ReadResult.Frame ? (frame.Channel, frame.Payload.ToArray()) : message!);
        }

        _kept = rest.ToArray();
    }

    public void Receive(string text) => Receive(Encoding.Latin1.GetBytes(text));

    public static RtspMessage One(string text)
    {
        var stream = new ReceivedStream(new RtspReader());
        stream.Receive(text);
        return stream.Items.ShouldHaveSingleItem().ShouldBeAssignableTo<RtspMessage>()!;
    }
}
