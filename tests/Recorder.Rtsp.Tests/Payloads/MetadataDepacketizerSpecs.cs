using System.Text;
using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Tests.Payloads;

public sealed class MetadataDepacketizerSpecs
{
    private const string Document = "<?xml version=\"1.0\"?><tt:MetadataStream xmlns:tt=\"http://www.onvif.org/ver10/schema\"></tt:MetadataStream>";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_document_ends_with_its_marker_or_its_timestamp(bool marker)
    {
        Sent[] packets = [.. Enumerable.Range(0, 4).SelectMany(i => Packets(i, marker))];
        var log = Receive(packets, lost: -1);
        log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe(marker ? [0L, 1L, 2L, 3L] : [0L, 1L, 2L]);
        log.Frames.ShouldAllBe(frame => Encoding.UTF8.GetString(frame.Bytes) == Document && frame.Info.Key);
    }

    [Fact]
    public void A_lost_packet_costs_one_document()
    {
        Sent[] packets = [.. Enumerable.Range(0, 4).SelectMany(i => Packets(i, marker: true))];
        for (var lost = 0; lost < packets.Length - 1; lost++)
        {
            var log = Receive(packets, lost);
            log.Frames.Select(frame => frame.Info.Timestamp).ShouldBe(new[] { 0L, 1L, 2L, 3L }.Except([packets[lost].Timestamp]), $"packet {lost}");
            log.Misses.ShouldHaveSingleItem().OthersNeedIt.ShouldBeFalse();
        }
    }

    [Fact]
    public void The_track_is_data()
        => Format().Format.ShouldSatisfyAllConditions(format => format.Kind.ShouldBe(TrackKind.Data), format => format.Codec.ShouldBe("onvif_metadata"));

    private static IEnumerable<Sent> Packets(long timestamp, bool marker)
    {
        var bytes = Encoding.UTF8.GetBytes(Document);
        return [new Sent(bytes[..40], timestamp, false), new Sent(bytes[40..80], timestamp, false), new Sent(bytes[80..], timestamp, marker)];
    }

    private static FrameLog Receive(Sent[] packets, int lost)
    {
        var log = new FrameLog();
        var receiver = new Receiver(Format().Create(log, log), new Random(1));
        for (var i = 0; i < packets.Length; i++)
        {
            if (i == lost)
                receiver.Lose();
            else
                receiver.Receive(packets[i]);
        }

        return log;
    }

    private static PayloadFormat Format() => PayloadFormats.Find("vnd.onvif.metadata", 107, 90_000, 0, _ => null, TrackKind.Data)!;
}
