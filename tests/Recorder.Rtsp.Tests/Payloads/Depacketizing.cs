using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>Short ways to say what a camera sends.</summary>
internal static class Depacketizing
{
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    public static Func<string, string?> Parameters(params (string Name, string Value)[] parameters)
        => name => parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static PayloadFormat Find(
        string encoding, int clockRate = 90_000, int channels = 0, TrackKind kind = TrackKind.Video, params (string Name, string Value)[] parameters)
        => PayloadFormats.Find(encoding, 97, clockRate, channels, Parameters(parameters), kind).ShouldNotBeNull();

    /// <summary>All frames of these packets, with every byte received where the one before was.</summary>
    public static FrameLog Receive(this PayloadFormat format, params Sent[] packets)
    {
        var log = new FrameLog();
        var depacketizer = format.Create(log, log);
        new Receiver(depacketizer, new Random(1)).Receive(packets);
        depacketizer.Finish();
        return log;
    }

    /// <summary>The bytes of the single frame of a single packet with the marker.</summary>
    public static string ReceiveOne(this PayloadFormat format, string payload)
        => Convert.ToHexString(format.Receive(new Sent(Hex(payload), 0, true)).Frames.ShouldHaveSingleItem().Bytes);
}
