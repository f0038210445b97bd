using System.Text;

namespace Recorder.Contracts.Tests;

/// <summary>Reading the bytes of blobs and slices, as the File API defines it.</summary>
public sealed class BlobSpecs : IDisposable
{
    private const string Text = "0123456789";

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-blob-").FullName;
    private readonly Blob _blob;

    public BlobSpecs()
    {
        var path = Path.Combine(_folder, "000001.mp4");
        File.WriteAllText(path, $"before{Text}behind");
        _blob = Samples.Blob with { Path = path, Offset = 6, Length = Text.Length };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_blob_is_read_as_exactly_its_range_of_the_file()
    {
        using var copy = new MemoryStream();
        _blob.CopyTo(copy);
        await _blob.CopyToAsync(copy);

        Encoding.UTF8.GetString(copy.ToArray()).ShouldBe(Text + Text);
        _blob.Size.ShouldBe(10);
    }

    [Theory]
    [InlineData(null, null, "0123456789")]
    [InlineData(3L, null, "3456789")]
    [InlineData(3L, 5L, "34")]
    [InlineData(-3L, null, "789")]
    [InlineData(-3L, -1L, "78")]
    [InlineData(0L, -8L, "01")]
    [InlineData(5L, 3L, "")]
    [InlineData(10L, null, "")]
    [InlineData(-100L, 2L, "01")]
    [InlineData(8L, 100L, "89")]
    [InlineData(long.MinValue, long.MaxValue, "0123456789")]
    [InlineData(long.MaxValue, long.MinValue, "")]
    public void A_slice_counts_negative_positions_from_the_end_and_stays_inside(long? start, long? end, string expected)
    {
        var slice = _blob.Slice(start, end);

        Read(slice).ShouldBe(expected);
        slice.Size.ShouldBe(expected.Length);
        slice.Blob.ShouldBe(_blob);
    }

    [Fact]
    public void A_slice_of_a_slice_counts_from_the_outer_slice()
    {
        var slice = _blob.Slice(2, 8).Slice(1, -2);

        Read(slice).ShouldBe("345");
        slice.Start.ShouldBe(3);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("Video/MP4", "video/mp4")]
    [InlineData("vidéo/mp4", "")]
    [InlineData("video/mp4\n", "")]
    public void A_slice_has_the_given_type_and_not_the_type_of_its_blob(string? given, string type) =>
        _blob.Slice(0, 3, given).Type.ShouldBe(type);

    [Fact]
    public void The_stream_is_read_only_and_seekable()
    {
        using var stream = _blob.OpenRead();
        (stream.CanRead, stream.CanSeek, stream.CanWrite, stream.Length).ShouldBe((true, true, false, 10));

        stream.Seek(-2, SeekOrigin.End).ShouldBe(8);
        stream.ReadByte().ShouldBe('8');
        stream.Position = 1;
        stream.ReadByte().ShouldBe('1');
        stream.Seek(3, SeekOrigin.Current).ShouldBe(5);
        stream.ReadByte().ShouldBe('5');
        stream.Position = 50;
        stream.ReadByte().ShouldBe(-1);
        Should.Throw<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
        Should.Throw<NotSupportedException>(() => stream.WriteByte(1));
        stream.Dispose();
        Should.Throw<ObjectDisposedException>(() => stream.ReadByte());
    }

    [Fact]
    public void A_blob_can_be_read_while_its_file_is_being_written()
    {
        using var writer = File.OpenHandle(_blob.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        using var stream = _blob.OpenRead();
        RandomAccess.Write(writer, "more"u8, RandomAccess.GetLength(writer));

        stream.Length.ShouldBe(10);
        new StreamReader(stream).ReadToEnd().ShouldBe(Text);
    }

    [Fact]
    public void The_error_of_a_missing_file_names_the_file()
    {
        File.Delete(_blob.Path);

        var error = Should.Throw<FileNotFoundException>(() => _blob.OpenRead());
        error.FileName.ShouldBe(_blob.Path);
        error.Message.ShouldContain(_blob.Path);
        Should.Throw<FileNotFoundException>(() => (_blob with { Path = "/nowhere/at/all.mp4" }).OpenRead());
    }

    [Fact]
    public void A_truncated_file_is_an_error_and_not_a_short_blob()
    {
        Should.Throw<EndOfStreamException>(() => (_blob with { Length = 100 }).OpenRead()).Message.ShouldContain(_blob.Path);

        using var stream = _blob.OpenRead();
        using (var writer = File.OpenHandle(_blob.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            RandomAccess.SetLength(writer, 8);
        Should.Throw<EndOfStreamException>(() => stream.CopyTo(Stream.Null));
    }

    [Fact]
    public void An_empty_blob_needs_no_file()
    {
        using var stream = (_blob with { Path = "/nowhere", Length = 0 }).OpenRead();

        stream.ReadByte().ShouldBe(-1);
        (stream.Length, stream.CanWrite).ShouldBe((0, false));
    }

    private static string Read(BlobSlice slice)
    {
        using var reader = new StreamReader(slice.OpenRead());
        return reader.ReadToEnd();
    }
}
