using System.Buffers.Binary;
using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>States the size of each sample: samples that sets are inserted into need sizes of their own.</summary>
internal static class SizeTables
{
    public static void Write(ReadOnlySpan<byte> moof, Mp4Header header, Span<byte> output)
    {
        var source = MoofReader.BoxOf(moof);
        var at = Copy(moof[..source.Body], output, 0);
        foreach (var box in source.Children(moof))
        {
            at = box.Type == Mp4Box.Traf && TrackFragment.TryRead(moof, box, header, out var traf) && traf.Track == header.Reference
                ? WriteTrack(moof, traf, output, at)
                : Copy(moof[box.Start..box.End], output, at);
        }

        BinaryPrimitives.WriteUInt32BigEndian(output, (uint)at);
    }

    private static int WriteTrack(ReadOnlySpan<byte> moof, TrackFragment traf, Span<byte> output, int begin)
    {
        var at = Copy(moof[traf.Box.Start..traf.Box.Body], output, begin);
        foreach (var box in traf.Box.Children(moof))
        {
            at = box.Type == Mp4Box.Trun && new SampleRun(moof, box, traf) is { HasSizes: false } samples
                ? WriteRun(moof, box, samples, output, at)
                : Copy(moof[box.Start..box.End], output, at);
        }

        BinaryPrimitives.WriteUInt32BigEndian(output[begin..], (uint)(at - begin));
        return at;
    }

    private static int WriteRun(ReadOnlySpan<byte> moof, Mp4Box trun, SampleRun samples, Span<byte> output, int begin)
    {
        var at = Copy(moof[trun.Start..samples.SamplesOffset], output, begin);
        var flags = output[(begin + trun.Body - trun.Start)..];
        BinaryPrimitives.WriteUInt32BigEndian(flags, BinaryPrimitives.ReadUInt32BigEndian(flags) | SampleRun.SizesFlag);
        foreach (var sample in samples)
        {
            at = Copy(moof[sample.Start..sample.SizeOffset], output, at);
            BinaryPrimitives.WriteUInt32BigEndian(output[at..], sample.Size);
            at = Copy(moof[sample.SizeOffset..sample.End], output, at + 4);
        }

        BinaryPrimitives.WriteUInt32BigEndian(output[begin..], (uint)(at - begin));
        return at;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to, int at)
    {
        from.CopyTo(to[at..]);
        return at + from.Length;
    }
}
