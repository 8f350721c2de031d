package org.invoicelens.invoice;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import net.sf.saxon.s9api.Processor;
import net.sf.saxon.s9api.SaxonApiException;
import net.sf.saxon.s9api.XPathCompiler;
import net.sf.saxon.s9api.XdmDestination;
import net.sf.saxon.s9api.XdmItem;
import net.sf.saxon.s9api.XsltExecutable;
import org.xml.sax.SAXException;

/**
 * What has to hold of an e-invoice in the syntax of UN/CEFACT: the schema of Factur-X for it, and
 * the rules of EN 16931 as CEN publishes them, Schematron that was made into a stylesheet.
 * Mustang's validator ships both. Thread-safe.
 */
final class EInvoiceRules {

  private static final String STYLESHEET = "xslt/en16931schematron/EN16931-CII-validation.xslt";

  private static final String SCHEMA = "schema/ZF_250/EN16931/FACTUR-X_EN16931.xsd";

  /** The namespace of the report that the stylesheet makes. */
  private static final String REPORT = "http://purl.oclc.org/dsdl/svrl";

  private EInvoiceRules() {}

  /** Made when it is first needed, since that takes a second or two. */
  private static final class Rules {

    static final Processor PROCESSOR = new Processor(false);
    static final XsltExecutable COMPILED = compile();

    static final Schema FORM = form();

    private static Schema form() {
      try {
        return SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
            .newSchema(resource(SCHEMA));
      } catch (SAXException brokenLibrary) {
        throw new IllegalStateException(brokenLibrary);
      }
    }

    private static URL resource(String name) {
      return EInvoiceRules.class.getClassLoader().getResource(name);
    }

    private static XsltExecutable compile() {
      try {
        return PROCESSOR
            .newXsltCompiler()
            .compile(new StreamSource(resource(STYLESHEET).toString()));
      } catch (SaxonApiException brokenLibrary) {
        throw new IllegalStateException(brokenLibrary);
      }
    }
  }

  /** The rules that an invoice breaks, in the words of the standard; none where it is valid. */
  static List<String> broken(byte[] invoice) {
    try {
      Rules.FORM.newValidator().validate(new StreamSource(new ByteArrayInputStream(invoice)));
      XdmDestination report = new XdmDestination();
      Rules.COMPILED
          .load30()
          .transform(new StreamSource(new ByteArrayInputStream(invoice)), report);
      XPathCompiler path = Rules.PROCESSOR.newXPathCompiler();
      path.declareNamespace("svrl", REPORT);
      List<String> broken = new ArrayList<>();
      for (XdmItem text :
          path.evaluate("//svrl:failed-assert[@flag = 'fatal']/svrl:text", report.getXdmNode())) {
        broken.add(text.getStringValue().strip().replaceAll("\\s+", " "));
      }
      return broken;
    } catch (SAXException | IOException | SaxonApiException notOfTheForm) {
      return List.of(String.valueOf(notOfTheForm.getMessage()));
    }
  }
}
