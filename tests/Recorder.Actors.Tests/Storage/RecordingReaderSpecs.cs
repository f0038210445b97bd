using System.Text;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Storage;

public sealed class RecordingReaderSpecs : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-reader-").FullName;
    private readonly RecordingId _recording = new("20260101T000000.000Z-1");
    private readonly RecordingLayout _layout;
    private readonly RecordingFiles _files;
    private readonly List<Blob> _written = [];

    public RecordingReaderSpecs()
    {
        _layout = RecordingLayout.For(new RecordingTarget(_folder), new RecorderId("cam"), _recording);
        _files = new RecordingFiles(_layout, LocalDisk.Instance);
        _files.BeginExtent(1, ".mp4");
        _files.Describe(new RecordingDescription
        {
            Recorder = "cam",
            Recording = _recording.Value,
            Source = "test:",
            Node = "here",
            StartedAt = Start,
            MimeType = "video/mp4;codecs=avc1",
        });
    }

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_blobs_read_equal_the_blobs_announced()
    {
        Record(3);
        _files.BeginExtent(2, ".mp4");
        Record(2);

        var content = Open().Read();

        content.Blobs.ShouldBe(_written);
        content.Extents.Select(extent => (extent.Number, extent.Path, extent.Bytes, extent.MediaTime, extent.Duration, extent.CapturedAt))
            .ShouldBe([
                (1, _layout.Extent(1, ".mp4"), 18L, Seconds(0), Seconds(3), Start),
                (2, _layout.Extent(2, ".mp4"), 12L, Seconds(3), Seconds(2), Start + Seconds(3)),
            ]);
    }

    [Fact]
    public void A_reader_sees_blobs_written_since_its_last_read()
    {
        var reader = Open();
        reader.LastBlob().ShouldBeNull();
        Record(2);
        BlobsAfter(reader, 0).ShouldBe(_written);
        _files.BeginExtent(2, ".mp4");
        Record(3);

        BlobsAfter(reader, 2).ShouldBe(_written[2..]);
        reader.LastBlob().ShouldBe(_written[^1]);
        reader.ReadAfter(5).ShouldBeEmpty();
    }

    [Fact]
    public void An_incomplete_last_line_is_ignored_until_it_is_complete()
    {
        Record(2);
        _files.Dispose();
        var whole = File.ReadAllBytes(_layout.Index);
        File.WriteAllBytes(_layout.Index, whole[..^20]);
        var reader = Open();
        reader.Read().Blobs.ShouldBe(_written[..1]);
        File.WriteAllBytes(_layout.Index, whole);

        reader.Read().Blobs.ShouldBe(_written);
    }

    [Fact]
    public void Reading_an_interval_returns_only_blobs_that_overlap_it()
    {
        Record(10);
        var reader = Open();

        reader.Read(Seconds(2.5), Seconds(5)).Blobs.ShouldBe(_written[2..5]);
        reader.Read(Seconds(3), Seconds(3.1)).Blobs.ShouldBe(_written[3..4]);
        reader.Read(from: Seconds(8)).Blobs.ShouldBe(_written[8..]);
        reader.Read(to: Seconds(2)).Blobs.ShouldBe(_written[..2]);
        reader.Read(Seconds(10), Seconds(20)).Blobs.ShouldBeEmpty();
    }

    [Fact]
    public void Gaps_are_read_as_they_were_written()
    {
        Record(2);
        var gap = new RecorderProtocol.GapRecorded(new RecorderId("cam"), 0, Start + Seconds(5), _recording, GapCause.SourceLost)
        {
            MediaTime = Seconds(2),
            Duration = Seconds(3),
            From = Start + Seconds(2),
            To = Start + Seconds(5),
            Packets = 75,
            Detail = "away",
        };
        _files.AddGap(gap);
        var reader = Open();

        reader.Read().Gaps.ShouldBe([gap]);
        reader.Read(Seconds(4), Seconds(4.5)).Gaps.ShouldBe([gap]);
        reader.Read(to: Seconds(2)).Gaps.ShouldBeEmpty();
        reader.ReadAfter(2).ShouldBe([new RecordedLine(Gap: gap)]);
    }

    [Fact]
    public void Checksums_are_those_after_a_container_was_completed_in_place()
    {
        Record(2);
        _files.Finalise([new MediaPatch(0, Encoding.ASCII.GetBytes("BL"))]);

        var first = Open().Read().Blobs[0];

        first.Crc32C.ShouldNotBe(_written[0].Crc32C);
        first.Crc32C.ShouldBe(Crc32C.Append(Crc32C.Empty, File.ReadAllBytes(first.Path).AsSpan(0, (int)first.Length)));
    }

    [Fact]
    public void Blobs_of_an_extent_that_retention_deleted_are_not_read()
    {
        Record(2);
        _files.BeginExtent(2, ".mp4");
        Record(2);
        File.Delete(_layout.Extent(1, ".mp4"));
        var reader = Open();

        reader.Read().Blobs.ShouldBe(_written[2..]);
        reader.FindBlob(1).ShouldBeNull();
        reader.FindBlob(3).ShouldBe(_written[2]);
    }

    [Fact]
    public void A_long_index_file_continues_in_a_new_segment_at_the_next_extent()
    {
        var reader = Open();
        Record(RecordingFiles.LinesInSegment - 1);
        _files.BeginExtent(2, ".mp4");
        Record(2);
        reader.LastBlob().ShouldBe(_written[^1]);
        _layout.IndexSegments().Count.ShouldBe(1);
        _files.BeginExtent(3, ".mp4");
        Record(3);

        _layout.IndexSegments().ShouldBe([(1, _layout.Index), (3, Path.Combine(_layout.Folder, "index.000003.jsonl"))]);
        BlobsAfter(reader, _written.Count - 4).ShouldBe(_written[^4..]);
        Open().Read().Blobs.ShouldBe(_written);
        Open().Read(Seconds(_written.Count - 2)).Blobs.ShouldBe(_written[^2..]);
        Open().FindBlob(_written.Count - 5).ShouldBe(_written[^6]);
    }

    // A node that was killed before its first blob leaves a segment with only a gap.
    [Fact]
    public void A_segment_without_blobs_hides_no_segment_before_or_after_it()
    {
        Record(3);
        var gap = new RecorderProtocol.GapRecorded(new RecorderId("cam"), 0, Start + Seconds(4), _recording, GapCause.NodeDown)
        {
            MediaTime = Seconds(3),
            Duration = Seconds(1),
            From = Start + Seconds(3),
            To = Start + Seconds(4),
        };
        using (var killed = Again(2))
        {
            killed.AddGap(gap);
        }

        using (Again(3))
        {
        }

        using var again = Again(4);
        Record(4, again, later: 1);

        Open().Read().Blobs.ShouldBe(_written);
        Open().Read().Gaps.ShouldBe([gap]);
        Open().Read(Seconds(3.2), Seconds(3.4)).Gaps.ShouldBe([gap]);
        Open().Read(Seconds(1), Seconds(5)).Blobs.ShouldBe(_written[1..4]);
        Open().Read(Seconds(5)).Blobs.ShouldBe(_written[4..]);
        _written.ShouldAllBe(blob => Open().FindBlob(blob.Number) == blob);
        Open().ReadAfter(3).ShouldBe([new RecordedLine(Gap: gap), .. _written[3..].Select(blob => new RecordedLine(blob))]);
        Open().ReadAfter(4).ShouldBe([.. _written[4..].Select(blob => new RecordedLine(blob))]);
    }

    [Fact]
    public void An_index_segment_may_be_deleted_after_all_of_its_extents()
    {
        Record(RecordingFiles.LinesInSegment);
        var reader = Open();
        reader.Read().Blobs.Count.ShouldBe(_written.Count);
        _files.BeginExtent(2, ".mp4");
        Record(2);
        _layout.SpentIndexSegments(1).ShouldBeEmpty();
        _layout.SpentIndexSegments(2).ShouldBe([_layout.Index]);
        reader.LastBlob().ShouldBe(_written[^1]);
        File.Delete(_layout.Extent(1, ".mp4"));
        File.Delete(_layout.Index);

        reader.Read().Blobs.ShouldBe(_written[^2..]);
        Open().Read().Blobs.ShouldBe(_written[^2..]);
    }

    [Fact]
    public void Opening_something_else_than_a_recording_says_so()
    {
        Should.Throw<DirectoryNotFoundException>(() => RecordingReader.Open(Path.Combine(_folder, "no"))).Message.ShouldContain("no recording");
        File.WriteAllText(_layout.Description, "{");
        Should.Throw<InvalidDataException>(Open).Message.ShouldContain("recorder repair");
    }

    private static IEnumerable<Blob> BlobsAfter(RecordingReader reader, long number) =>
        reader.ReadAfter(number).Select(line => line.Blob.ShouldNotBeNull());

    private RecordingReader Open() => RecordingReader.Open(_layout.Folder);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private RecordingFiles Again(int extent)
    {
        var files = new RecordingFiles(_layout, LocalDisk.Instance, continues: true);
        files.BeginExtent(extent, ".mp4");
        return files;
    }

    private void Record(int blobs, RecordingFiles? into = null, int later = 0)
    {
        var files = into ?? _files;
        for (; blobs > 0; blobs--)
        {
            var number = _written.Count + 1;
            using var bytes = MediaBytes.CopyOf(Encoding.ASCII.GetBytes($"blob {number % 10}"));
            files.Append(bytes);
            _written.Add(files.EndBlob(
                new BlobMark(
                    _recording, number, "video/mp4;codecs=avc1", Seconds(number - 1 + later), Seconds(1), Start + Seconds(number - 1 + later), Key: true),
                ".mp4"));
        }
    }
}
