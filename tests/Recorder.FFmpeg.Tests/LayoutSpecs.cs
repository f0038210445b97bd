using System.Text;
using Recorder.FFmpeg.Bindings;

namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class LayoutSpecs
{
    private readonly MediaFixture _media;

    // The library sets the exception type of the bindings when it loads.
    public LayoutSpecs(MediaFixture media)
    {
        FFmpegLibrary.Initialize();
        _media = media;
    }

    [Fact]
    public void Offsets_sizes_and_constants_equal_those_of_a_C_compiler()
    {
        var layout = Libraries.Layout;
        var program = new StringBuilder(
            """
            #include <stddef.h>
            #include <stdio.h>
            #include <libavformat/avformat.h>
            #include <libavcodec/avcodec.h>
            #include <libavdevice/avdevice.h>
            #include <libavutil/channel_layout.h>
            #include <libswscale/swscale.h>
            #include <libswresample/swresample.h>
            int main(void) {

            """);
        foreach (var name in layout.Sizes.Keys)
            program.AppendLine($"printf(\"struct {name} %d\\n\", (int)sizeof(struct {name}));");
        foreach (var (name, offset) in layout.Offsets)
        {
            if (offset >= 0)
                program.AppendLine($"printf(\"field {name} %d\\n\", (int)offsetof(struct {name.Replace(".", ", ", StringComparison.Ordinal)}));");
        }
        foreach (var name in layout.Constants.Keys)
            program.AppendLine($"printf(\"constant {name} %d\\n\", (int)({name}));");
        program.AppendLine("return 0; }");

        var source = _media.New("c");
        var binary = _media.New("out");
        File.WriteAllText(source, program.ToString());
        var compiler = new[] { "clang-14", "clang", "gcc", "cc" }.FirstOrDefault(Exists);
        const string Install = "apt-get install clang-14 libc6-dev libavformat-dev libavcodec-dev libavutil-dev libavdevice-dev libswscale-dev libswresample-dev";
        (compiler is not null).ShouldBeTrue($"No C compiler: {Install}");
        var (code, _, error) = Tool.Try(compiler!, "-w", "-o", binary, source);
        code.ShouldBe(0, $"The headers are missing or do not fit: {Install}\n{error}");

        var printed = Tool.Run(binary).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var stated = layout.Sizes.Select(s => $"struct {s.Key} {s.Value}")
            .Concat(layout.Offsets.Where(o => o.Value >= 0).Select(o => $"field {o.Key} {o.Value}"))
            .Concat(layout.Constants.Select(c => $"constant {c.Key} {c.Value}"))
            .ToHashSet();
        stated.Except(printed).ShouldBeEmpty();
        stated.Count.ShouldBeGreaterThan(150);
    }

    [Fact]
    public void Constants_in_the_generated_code_equal_those_of_the_layout()
    {
        foreach (var (name, value) in Libraries.Layout.Constants)
        {
            var constant = typeof(ffmpeg).GetField(name)?.GetRawConstantValue();
            var member = typeof(ffmpeg).Assembly.GetTypes().Where(t => t is { IsEnum: true, Namespace: "Recorder.FFmpeg.Generated" })
                .Select(t => Enum.TryParse(t, name, out var parsed) ? parsed : null).FirstOrDefault(v => v is not null);
            (constant ?? member).ShouldNotBeNull(name);
            Convert.ToInt32(constant ?? member, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(value, name);
        }
    }

    [Fact]
    public unsafe void Structs_of_fixed_layout_have_the_size_that_the_libraries_use()
    {
        var sizes = Libraries.Layout.Sizes;
        sizeof(AVRational).ShouldBe(sizes["AVRational"]);
        sizeof(AVPacketSideData).ShouldBe(sizes["AVPacketSideData"]);
        sizeof(AVDictionaryEntry).ShouldBe(sizes["AVDictionaryEntry"]);
        sizeof(AVChannelLayout).ShouldBe(sizes["AVChannelLayout"]);
        sizeof(AVIOInterruptCB).ShouldBe(sizes["AVIOInterruptCB"]);
    }

    [Fact]
    public void Every_bound_function_exists_in_a_library()
    {
        var set = Libraries.Load();
        var functions = typeof(ffmpeg).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)
            .Where(f => f.Name.StartsWith("_av", StringComparison.Ordinal) || f.Name.StartsWith("_sw", StringComparison.Ordinal)).ToList();
        functions.Count.ShouldBeGreaterThan(80);
        foreach (var field in functions)
        {
            var name = field.Name[1..];
            string[] libraries = ["avutil", "avcodec", "avformat", "avdevice", "swscale", "swresample"];
            libraries.ShouldContain(l => Has(set, l, name), name);
        }
    }

    [Fact]
    public void A_folder_without_libraries_fails_with_a_message_that_says_what_to_install()
    {
        var folder = Directory.CreateTempSubdirectory("no-ffmpeg-").FullName;
        var error = Should.Throw<FFmpegUnavailableException>(() => LibrarySet.Open(folder));
        error.Message.ShouldBe(
            $"FFmpeg's shared libraries were not found in {folder}: " +
            "apt-get install libavcodec59 libavdevice59 libavformat59 libavutil57 libswresample4 libswscale6.");
        Directory.Delete(folder);
    }

    [Fact]
    public void A_library_of_an_unsupported_major_is_named_in_the_message()
    {
        var folder = Directory.CreateTempSubdirectory("other-ffmpeg-").FullName;
        var source = Path.Combine(folder, "other.c");
        File.WriteAllText(source, "unsigned avcodec_version(void) { return 61 << 16; }");
        Tool.Run("gcc", "-shared", "-fPIC", "-o", Path.Combine(folder, "libavcodec.so.61"), source);
        var error = Should.Throw<FFmpegUnavailableException>(() => LibrarySet.Open(folder));
        error.Message.ShouldContain("libavcodec 61");
        error.Message.ShouldContain("(59 is)");
        error.Message.ShouldContain("apt-get install");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Version_codecs_and_formats_of_the_libraries_can_be_queried()
    {
        FFmpegLibrary.CodecMajor.ShouldBe(59);
        FFmpegLibrary.Version.ShouldStartWith("5.1");
        FFmpegLibrary.HasEncoder("libx264").ShouldBeTrue();
        FFmpegLibrary.HasEncoder("h264").ShouldBeTrue();
        FFmpegLibrary.HasEncoder("nonsense").ShouldBeFalse();
        FFmpegLibrary.HasDecoder("hevc").ShouldBeTrue();
        FFmpegLibrary.HasMuxer("matroska").ShouldBeTrue();
        FFmpegLibrary.HasMuxer("nonsense").ShouldBeFalse();
        FFmpegLibrary.HasDemuxer("rtsp").ShouldBeTrue();
    }

    [Fact]
    public void The_public_API_has_no_pointers()
    {
        const System.Reflection.BindingFlags Public = System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance
            | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.DeclaredOnly;
        foreach (var type in typeof(Demuxer).Assembly.GetExportedTypes())
        {
            var types = type.GetMethods(Public).SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType))
                .Concat(type.GetConstructors(Public).SelectMany(c => c.GetParameters().Select(p => p.ParameterType)))
                .Concat(type.GetFields(Public).Select(f => f.FieldType));
            types.ShouldAllBe(t => !t.IsPointer && !t.IsFunctionPointer && t != typeof(nint), type.Name);
        }
    }

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool Has(LibrarySet set, string library, string name)
    {
        try
        {
            return set.Function(library, name) != 0;
        }
        catch (FFmpegUnavailableException)
        {
            return false;
        }
    }
}
