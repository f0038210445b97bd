using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Recorder.Actors;
using Recorder.FFmpeg;

namespace Recorder.Node.Tests;

/// <summary>What the code of the node must not do, read from its assemblies.</summary>
public sealed class ArchitectureSpecs
{
    private const string Interface = "Recorder.Media.Codecs";

    private static readonly string[] Codecs = [nameof(VideoTranscoder), nameof(AudioTranscoder), nameof(PictureTaker)];

    [Fact]
    public void What_is_decoded_or_encoded_goes_through_one_interface()
    {
        var makers = MakersOf(typeof(Recorder.Media.Codecs.IMediaCodecs).Assembly).Concat(MakersOf(typeof(RecorderRuntime).Assembly)).Concat(MakersOf(typeof(Recorder.Node.Media.Exports).Assembly)).ToList();

        // That the one place is found says that the others would be.
        makers.Count(maker => maker.Namespace == Interface).ShouldBe(Codecs.Length);
        makers.Where(maker => maker.Namespace != Interface).ShouldBeEmpty(
            "Open codecs by Recorder.Media.Codecs.IMediaCodecs, which will move them out of the process.");
    }

    // Every method that calls a constructor of a codec.
    private static IEnumerable<(string Namespace, string Type, string Codec)> MakersOf(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var constructors = new Dictionary<int, string>();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference && metadata.GetString(member.Name) == ".ctor")
            {
                var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
                if (metadata.GetString(type.Namespace) == "Recorder.FFmpeg" && Codecs.Contains(metadata.GetString(type.Name)))
                    constructors[MetadataTokens.GetToken(handle)] = metadata.GetString(type.Name);
            }
        }

        foreach (var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0))
        {
            var code = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? [];
            for (var at = 0; at + 5 <= code.Length; at++)
            {
                if (code[at] == OpCodes.Newobj.Value && constructors.TryGetValue(BitConverter.ToInt32(code, at + 1), out var codec))
                {
                    var type = Outermost(metadata, method.GetDeclaringType());
                    yield return (metadata.GetString(type.Namespace), metadata.GetString(type.Name), codec);
                }
            }
        }
    }

    // Lambdas live in types within types.
    private static TypeDefinition Outermost(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? Outermost(metadata, outer) : type;
    }
}
